/** What the proof of a row can use. */
import type { Socket } from 'socket.io-client';
import type { ClientOptions, Refusal } from '../../support/app.js';
import type { Program } from '../program.js';

export interface World {
  /** A client of the first program, in the namespace of the row's methods unless another one is named. */
  connect(path?: string, options?: ClientOptions): Promise<Socket>;
  /** A client of the first program, and the arguments of the event with which it is greeted. */
  greeting(event: string, path?: string, options?: ClientOptions): Promise<[Socket, unknown[]]>;
  /** What a client of the first program reads that is turned away. */
  refusal(options: ClientOptions): Promise<Refusal>;
  /** Resolves when the first program has printed this. */
  printed(text: string): Promise<void>;
  /** The row's own program; begun now, where it does not listen and was not begun. */
  readonly program: Program;
  /** What the proof of another row can use. */
  of(title: string): World;
  /** A client of the row's own program. */
  visit(path?: string, options?: ClientOptions & { readonly protocol?: string }): Promise<Socket>;
  /** The address of the row's own program. */
  url(): Promise<string>;
}

/** Proves that the code of a row does what the row says. */
export type Proof = (world: World) => Promise<void>;

/** Proofs by the titles of their rows. */
export type Proofs = Readonly<Record<string, Proof>>;

/** All values of an acknowledgement. */
export function answers(client: Socket, event: string, ...args: unknown[]): Promise<unknown[]> {
  return new Promise((resolve) => client.emit(event, ...args, (...values: unknown[]) => resolve(values)));
}

/** The events of a client from now on, each with its arguments. */
export function record(client: Socket): unknown[][] {
  const events: unknown[][] = [];
  client.onAny((...event: unknown[]) => events.push(event));
  return events;
}

/** Resolves when clients have received everything that was sent to them before: their own question comes last. */
export async function caughtUp(...clients: Socket[]): Promise<void> {
  for (const client of clients) await client.emitWithAck('nobody handles this');
}

/** Has a client answer an event. */
export function answering(client: Socket, event: string, answer: (...args: unknown[]) => unknown): void {
  client.on(event, (...args: unknown[]) => (args.pop() as (value: unknown) => void)(answer(...args)));
}
