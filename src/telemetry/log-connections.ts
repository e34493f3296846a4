/** A line in the log for the end of each connection. */
import { connectionChannel } from '../base/channels/index.js';
import type { ConnectionEnd } from '../base/channels/messages.js';
import { eventName, type Logger } from '../base/log.js';
import { logEnds, outcomeFacts } from './log-ends.js';

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
  return logEnds(connectionChannel, io, options.level ?? levelOf, write);
}

function levelOf({ outcome: { kind } }: ConnectionEnd): keyof Logger {
  return kind === 'left' || kind === 'gone' ? 'debug' : 'info';
}

function write({ log, id, namespace, transport, outcome, reason, duration }: ConnectionEnd, level: keyof Logger): void {
  const facts = {
    ...(id === undefined ? {} : { socket: id }),
    ...(namespace === undefined ? {} : { namespace: eventName(namespace) }),
    transport,
    ...outcomeFacts(outcome),
    ...(reason === undefined ? {} : { reason }),
    duration,
  };
  log[level](facts, 'a connection has ended');
}
