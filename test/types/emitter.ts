/** What an emitter's types accept; it is compiled, never run. */
import type { Emitter } from '../../src/cluster/emitter/index.js';

interface ChatEvents {
  said(text: string): void;
}

export async function emits(typed: Emitter<ChatEvents>, untyped: Emitter): Promise<void> {
  typed.of('/chat').to('room').emit('said', 'hello');
  // @ts-expect-error the event has another argument
  typed.emit('said', 1);
  // @ts-expect-error there is no such event
  typed.emit('sung', 'hello');
  untyped.emit('anything', 1, 'two');
  await typed.close();
}
