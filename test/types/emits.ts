/** What the types of declared emissions accept; it is compiled, never run. */
import { IsNumber, IsString } from 'class-validator';
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import { createEmitter } from '../../src/cluster/emitter/index.js';
import { createApp, type App, type EventsOf } from '../../src/index.js';
import { createTestApp, type TestApp } from '../../src/testing/index.js';

class Said {
  @IsString() text!: string;
}

class Point {
  @IsNumber() x!: number;
}

const events = {
  said: Said,
  moved: [Point, Number],
  drawn: { each: Point },
  named: [{ each: String }, Buffer, Boolean],
  anything: Object,
  cleared: [],
  asked: [String, Function],
} as const;

type Events = EventsOf<typeof events>;

/** What has `emit` takes the declared values, and no others. */
export function emits(socket: Socket<DefaultEventsMap, Events>, chat: Namespace<DefaultEventsMap, Events>): void {
  socket.emit('said', new Said());
  socket.emit('said', { text: 'hello' });
  socket.to('room').emit('moved', { x: 1 }, 2);
  chat.emit('drawn', [{ x: 1 }, new Point()]);
  chat.except('room').emit('named', ['a'], Buffer.alloc(0), true);
  chat.emit('anything', { at: 'all' });
  chat.emit('cleared');
  socket.emit('asked', 'how?', (answer: unknown) => answer);
  // @ts-expect-error a property of another type
  socket.emit('said', { text: 1 });
  // @ts-expect-error a property that is not declared
  socket.emit('said', { text: 'hello', secret: 1 });
  // @ts-expect-error no such event
  socket.emit('siad', { text: 'hello' });
  // @ts-expect-error an argument is missing
  chat.emit('moved', { x: 1 });
  // @ts-expect-error one too many
  chat.emit('cleared', 1);
  // @ts-expect-error the elements are points
  chat.emit('drawn', [1]);
  // @ts-expect-error it is not declared as one that is answered
  socket.emit('said', { text: 'hello' }, () => {});
}

/** Clients are asked only what is declared with an acknowledgement. */
export async function asks(socket: Socket<DefaultEventsMap, Events>): Promise<unknown> {
  // @ts-expect-error it is not declared as one that is answered
  await socket.emitWithAck('said', { text: 'hello' });
  return socket.timeout(100).emitWithAck('asked', 'how?');
}

/** An emitter and an application are typed by what they are given. */
export async function typed(): Promise<void> {
  const emitter = await createEmitter('redis://localhost', { emits: events });
  emitter.of('/chat').to('room').emit('said', { text: 'hello' });
  // @ts-expect-error no such event
  emitter.emit('siad', { text: 'hello' });
  const app = await createApp({ controllers: [], emits: { moved: [Point, Number] } });
  app.io.of('/chat').emit('moved', { x: 1 }, 2);
  // @ts-expect-error no such event
  app.io.of('/chat').to('room').emit('said', { text: 'hello' });
  const plain: App = app;
  plain.io.emit('anything');
  const test = await createTestApp({ controllers: [], emits: events });
  test.io.emit('said', { text: 'hello' });
  // @ts-expect-error no such event
  test.io.of('/chat').emit('siad', { text: 'hello' });
  const bare: TestApp = test;
  bare.io.emit('anything');
  const untyped = await createApp({ controllers: [] });
  untyped.io.emit('anything', 1);
  // @ts-expect-error no class
  await createApp({ controllers: [], emits: { said: 'Said' } });
}

/** A list whose order was lost says what it lacks. */
export function loose(
  socket: Socket<DefaultEventsMap, EventsOf<{ moved: (typeof Point | NumberConstructor)[] }>>,
): void {
  socket.emit('moved', 'the declared events need `as const`');
  // @ts-expect-error it would take a number for the point
  socket.emit('moved', 1, { x: 1 });
}
