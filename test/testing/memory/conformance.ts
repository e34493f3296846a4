import { once } from 'node:events';
import { Server } from 'socket.io';
import type { ServerOptions, Socket as ServerSocket } from 'socket.io';
import type { Socket } from 'socket.io-client';
import type { Wire, WireMaker } from './wires.js';

/** What each party saw, in its order. */
export type Transcript = Record<string, string[]>;

export interface Stage extends Wire {
  io: Server;
  /** Notes what `who` saw. */
  note: (who: string, ...what: unknown[]) => void;
}

export interface Scenario {
  promise: string;
  options?: Partial<ServerOptions>;
  run(stage: Stage): Promise<void>;
  expected: Transcript;
}

/** Plays a scenario over one wire, and returns what was seen. */
export async function play(scenario: Scenario, makeWire: WireMaker): Promise<Transcript> {
  const transcript: Transcript = {};
  const io = new Server({ serveClient: false, ...scenario.options });
  const wire = await makeWire(io);
  const note: Stage['note'] = (who, ...what) => void (transcript[who] ??= []).push(what.map(show).join(' '));
  try {
    await scenario.run({ ...wire, io, note });
  } finally {
    await wire.close();
  }
  return transcript;
}

/** The arguments of the next `event` of a client or its manager. */
export function next(client: { once(event: never, listener: never): unknown }, event: string): Promise<unknown[]> {
  return new Promise((resolve) => client.once(event as never, ((...args: unknown[]) => resolve(args)) as never));
}

export async function connected(client: Socket): Promise<Socket> {
  if (!client.connected) await next(client, 'connect');
  return client;
}

/** The server's side of the client that connects next. */
export async function accepted(io: Server, namespace = '/'): Promise<ServerSocket> {
  const [socket] = (await once(io.of(namespace), 'connection')) as [ServerSocket];
  return socket;
}

/** Notes how the connection ends on both sides, and resolves when it has. */
export function ending({ note }: Stage, client: Socket, server: ServerSocket): Promise<unknown> {
  client.once('disconnect', (reason, details) => {
    const { context } = (details ?? {}) as { context?: { code?: number } };
    note('client', 'disconnect', reason, ...(context?.code === undefined ? [] : [context.code]));
  });
  return Promise.all([
    next(client, 'disconnect'),
    new Promise<void>((resolve) => {
      server.once('disconnect', (reason) => {
        note('server', 'disconnect', reason);
        resolve();
      });
    }),
  ]);
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}(${value.message})`;
  if (Buffer.isBuffer(value)) return `<${value.toString('hex')}>`;
  return JSON.stringify(value, (_key, part: unknown) => (part === undefined ? '<undefined>' : part)) ?? 'undefined';
}
