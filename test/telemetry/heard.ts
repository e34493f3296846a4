/** The messages of a channel, from now until the test ends. */
import type { TestContext } from 'node:test';
import type { TypedChannel } from '../../src/telemetry/index.js';

export function heard<Message>(t: TestContext, from: TypedChannel<Message>): Message[] {
  const messages: Message[] = [];
  const hear = (message: Message): void => void messages.push(message);
  from.subscribe(hear);
  t.after(() => from.unsubscribe(hear));
  return messages;
}
