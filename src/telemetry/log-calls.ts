/** A line in the log for the end of each call. */
import type { Server } from 'socket.io';
import { callChannel } from '../base/channels/index.js';
import type { CallEnd, CallMessage } from '../base/channels/messages.js';
import type { Logger } from '../base/log.js';

export interface CallLogOptions {
  /** The level of a line, or `undefined` for none; `debug` for what ended well and `info` for the rest, unless given. */
  readonly level?: (end: CallEnd) => keyof Logger | undefined;
}

/**
 * Logs the end of each call of an application with its id, handler, outcome and duration, by the application's own logger and with
 * the fields that `context.log.setBindings` added.
 * @returns the function that stops it
 */
export function logCalls({ io }: { readonly io: object }, options: CallLogOptions = {}): () => void {
  const { level = levelOf } = options;
  const hear = (message: CallMessage): void => {
    if (message.type !== 'end' || message.io !== (io as Server)) return;
    const chosen = level(message);
    if (chosen) write(message, chosen);
  };
  callChannel.subscribe(hear);
  return () => void callChannel.unsubscribe(hear);
}

function levelOf({ outcome: { kind } }: CallEnd): keyof Logger {
  return kind === 'answered' || kind === 'no_answer' || kind === 'passed' ? 'debug' : 'info';
}

function write({ context, handler, outcome, duration }: CallEnd, level: keyof Logger): void {
  const { kind, code, limit } = outcome;
  const cause = { ...(code === undefined ? {} : { code }), ...(limit === undefined ? {} : { limit }) };
  context.log[level]({ handler, outcome: kind, ...cause, duration }, 'a call has ended');
}
