/**
 * One node of a cluster for the tests: a Socket.IO server on a free port, in this process or (as a program) in a forked
 * one, in which functions of the test are run.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { Server } from 'socket.io';
import { call } from '../../../src/connections/asking/call.js';
import { callAll } from '../../../src/connections/asking/call-all.js';
import { type AdapterLink, type AdapterOptions, openAdapter } from '../../../src/cluster/index.js';
import { createEmitter, type Emitter } from '../../../src/cluster/emitter/index.js';
import { engineNamed } from './engines.js';

/** What a function that runs in a node gets. */
export interface NodeScope {
  readonly io: Server;
  readonly link: AdapterLink;
  readonly emitter: Emitter;
  readonly call: typeof call;
  readonly callAll: typeof callAll;
  /** Kept between the functions of one node. */
  readonly kept: Record<string, unknown>;
}

export interface StartRequest {
  readonly engine: string;
  readonly options: Partial<Omit<AdapterOptions, 'client' | 'onStatus'>> & { readonly prefix: string };
  /** `declaring` is an emitter whose events are declared. */
  readonly role: 'server' | 'emitter' | 'declaring';
}

export interface Started {
  readonly scope: NodeScope;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startHere({ engine, options, role }: StartRequest): Promise<Started> {
  const option = {
    startupTimeout: 60_000,
    ...(await engineNamed(engine).option(options.prefix, options.url)),
    ...options,
  };
  const kept: Record<string, unknown> = {};
  if (role !== 'server') {
    const emitter = role === 'emitter' ? await createEmitter(option) : await createDeclaring(option);
    return { scope: { emitter, kept } as NodeScope, port: 0, stop: () => emitter.close() };
  }
  const link = openAdapter(option);
  const http = createServer();
  const io = new Server(http, { adapter: link.factory, transports: ['websocket'], maxHttpBufferSize: 1e8 });
  setUp(io);
  await link.ready();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { scope: { io, link, kept, call, callAll } as unknown as NodeScope, port, stop: () => io.close() };
}

async function createDeclaring(option: AdapterOptions): Promise<Emitter> {
  const { events } = await import('../../support/events.js');
  return (await createEmitter(option, { emits: events })) as unknown as Emitter;
}

/** The same few handlers on every node; all else a test brings along. */
function setUp(io: Server): void {
  for (const nsp of [io.of('/'), io.of('/fixed'), io.of(/^\/dyn-\w+$/)]) {
    nsp.on('connection', (socket) => {
      socket.data.name = socket.handshake.auth['name'];
      void socket.join(socket.handshake.auth['rooms'] ?? []);
      socket.on('echo', (value, ack) => ack(value));
      socket.on('to', (room: string, ...args: [string, ...unknown[]]) => socket.to(room).emit(...args));
    });
  }
}

/** Runs the text of a function, which sees nothing but its arguments. */
export async function runText(text: string, scope: NodeScope, args: unknown[]): Promise<unknown> {
  const run = runInThisContext(`(${text})`) as (scope: NodeScope, ...args: unknown[]) => unknown;
  return run(scope, ...args);
}

interface Call {
  readonly id: number;
  readonly text: string;
  readonly args: unknown[];
}

async function serve(): Promise<void> {
  const started = await startHere(JSON.parse(process.argv[2] ?? '') as StartRequest);
  process.on('message', ({ id, text, args }: Call) => {
    if (text === 'stop') return void started.stop().then(() => process.disconnect());
    runText(text, started.scope, args)
      .then((value) => process.send?.({ id, value }))
      .catch((error: unknown) => process.send?.({ id, error: String(error) }));
  });
  process.on('disconnect', () => setTimeout(() => process.exit(0), 2000).unref());
  process.send?.({ port: started.port });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
