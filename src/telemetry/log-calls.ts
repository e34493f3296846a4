/** A line in the log for the end of each call. */
import { callChannel } from '../base/channels/index.js';
import type { CallEnd } from '../base/channels/messages.js';
import type { Logger } from '../base/log.js';
import { logEnds, outcomeFacts } from './log-ends.js';

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
  return logEnds(callChannel, io, options.level ?? levelOf, write);
}

function levelOf({ outcome: { kind } }: CallEnd): keyof Logger {
  return kind === 'answered' || kind === 'no_answer' || kind === 'passed' ? 'debug' : 'info';
}

function write({ context, handler, outcome, duration }: CallEnd, level: keyof Logger): void {
  context.log[level]({ handler, ...outcomeFacts(outcome), duration }, 'a call has ended');
}
