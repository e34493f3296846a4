/** A line in the log for the end of each connection. */
import type { Server } from 'socket.io';
import { connectionChannel } from '../base/channels/index.js';
import type { ConnectionEnd, ConnectionMessage } from '../base/channels/messages.js';
import { eventName, type Logger } from '../base/log.js';

export interface ConnectionLogOptions {
  /** The level of a line, or `undefined` for none; `debug` for clients that left by themselves and `info` for the rest, unless given. */
  readonly level?: (end: ConnectionEnd) => keyof Logger | undefined;
}

/**
 * Logs the end of each connection of an application with its socket's id, namespace, transport, outcome and duration, by the
 * application's own logger: also of those that were turned away, at the door or later.
 * @returns the function that stops it
 */
export function logConnections({ io }: { readonly io: object }, options: ConnectionLogOptions = {}): () => void {
  const { level = levelOf } = options;
  const hear = (message: ConnectionMessage): void => {
    if (message.type !== 'end' || message.io !== (io as Server)) return;
    const chosen = level(message);
    if (chosen) message.log[chosen](factsOf(message), 'a connection has ended');
  };
  connectionChannel.subscribe(hear);
  return () => void connectionChannel.unsubscribe(hear);
}

function levelOf({ outcome: { kind } }: ConnectionEnd): keyof Logger {
  return kind === 'left' || kind === 'gone' ? 'debug' : 'info';
}

function factsOf({ id, namespace, transport, outcome, reason, duration }: ConnectionEnd): object {
  const { kind, code, limit } = outcome;
  return {
    ...(id === undefined ? {} : { socket: id }),
    ...(namespace === undefined ? {} : { namespace: eventName(namespace) }),
    transport,
    outcome: kind,
    ...(code === undefined ? {} : { code }),
    ...(limit === undefined ? {} : { limit }),
    ...(reason === undefined ? {} : { reason }),
    duration,
  };
}
