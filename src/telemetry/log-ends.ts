/** What the log lines for the ends of calls and of connections share. */
import type { TypedChannel } from '../base/channels/channel.js';
import type { Outcome } from '../base/channels/outcome.js';
import type { Logger } from '../base/log.js';

/** The level of a line, or `undefined` for none. */
type LevelOf<End> = (end: End) => keyof Logger | undefined;

interface Told {
  readonly type: string;
  readonly io: object;
}

/** Writes a line for each end of an application that a channel tells; returns the function that stops it. */
export function logEnds<Message extends Told>(
  channel: TypedChannel<Message>,
  io: object,
  level: LevelOf<Extract<Message, { type: 'end' }>>,
  write: (end: Extract<Message, { type: 'end' }>, level: keyof Logger) => void,
): () => void {
  const hear = (message: Message): void => {
    if (message.type !== 'end' || message.io !== io) return;
    const end = message as Extract<Message, { type: 'end' }>;
    const chosen = level(end);
    if (chosen) write(end, chosen);
  };
  channel.subscribe(hear);
  return () => void channel.unsubscribe(hear);
}

/** How something ended, as lines say it. */
export function outcomeFacts({ kind, code, limit }: Outcome<string>): object {
  return {
    outcome: kind,
    ...(code === undefined ? {} : { code }),
    ...(limit === undefined ? {} : { limit }),
  };
}
