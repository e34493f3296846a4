/** A client of the sample's contract: each line compiles, or must not. */
export const CLIENT = `
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { connect } from 'colloquy/client';
import type { Calls, CallError, CodeOf, Events } from 'colloquy/client';
import type { Contract } from './contract';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_same: Same<A, B>): void => {};

export async function use(): Promise<void> {
  const chat = connect<Contract['/chat']>(io('http://localhost/chat'));
  const line = await chat.call('say', { room: 'a', priority: 'low', marks: [1] }, 2, { timeout: 100 });
  same<typeof line.text, string>(true);
  same<typeof line.at, string | undefined>(true);
  line.answers?.push({ text: 'b' });
  same<NonNullable<typeof line.answers>[number]['text'], string>(true);
  await chat.call('say', { room: 'a', priority: 'high', marks: [], note: 'n' });
  const [count, word] = await chat.call('count');
  same<typeof count, number>(true);
  same<typeof word, string>(true);
  await chat.call('named', { room: 'a' });
  chat.on('said', ({ text }) => same<typeof text, string>(true));
  chat.once('moved', (lines, speed) => lines.push({ text: speed.toFixed() }));
  chat.on('exception', ({ error }) => error.code);
  chat.emit('count');
  // @ts-expect-error no such event
  await chat.call('sya', { room: 'a', priority: 'low', marks: [1] });
  // @ts-expect-error no such key
  await chat.call('say', { romo: 'a', priority: 'low', marks: [1] });
  // @ts-expect-error no such value
  await chat.call('say', { room: 'a', priority: 'mid', marks: [1] });
  // @ts-expect-error the argument is missing
  await chat.call('say');
  // @ts-expect-error too many
  chat.emit('count', 1);
  // @ts-expect-error no such emission
  chat.on('siad', () => {});
  // @ts-expect-error no such property
  chat.on('said', ({ txet }) => txet);
}

export function failed(error: unknown): boolean {
  const chat = connect<Contract['/chat']>(io());
  same<Extract<CodeOf<Contract['/chat'], 'say'>, 'room_full' | 'other'>, 'room_full'>(true);
  if (!chat.isError(error, 'say')) return false;
  const typed: CallError<CodeOf<Contract['/chat'], 'say'>> = error;
  // @ts-expect-error no such code
  return typed.code === 'room_ful';
}

export async function plain(socket: Socket<Events<Contract['/chat']>, Calls<Contract['/chat']>>): Promise<void> {
  socket.on('said', (line) => same<typeof line.text, string>(true));
  const answer = await socket.emitWithAck('say', { room: 'a', priority: 'low', marks: [] }, 1);
  if (!('error' in answer)) same<typeof answer.text, string>(true);
  // @ts-expect-error no such event
  socket.emit('sya');
}
`;

/** The options of a Vite template. */
export const templateOptions = {
  target: 'ES2023',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  module: 'ESNext',
  moduleResolution: 'bundler',
  skipLibCheck: true,
  types: [],
  strict: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noEmit: true,
};

/** What is different for a client whose types name the server's classes. */
export const serverOptions = {
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  erasableSyntaxOnly: false,
  types: ['node'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  isolatedModules: false,
};
