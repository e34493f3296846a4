import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { io as connect, type Socket as Client } from 'socket.io-client';
import { type NodeScope, runText, startHere, type StartRequest } from './node.js';

const PROGRAM = fileURLToPath(new URL('node.js', import.meta.url));

/** A node that a test drives. */
export interface TestNode {
  readonly port: number;
  /** Null for a node inside this process. */
  readonly child: ChildProcess | null;
  /** Runs a function over there; it sees only its arguments, and its result is copied. */
  run<T, A extends unknown[]>(work: (scope: NodeScope, ...args: A) => T, ...args: A): Promise<Awaited<T>>;
  stop(): Promise<void>;
}

/** In a process of its own, unless the engine reaches no further than one. */
export async function startNode(request: StartRequest): Promise<TestNode> {
  return request.engine === 'memory' ? startInside(request) : startForked(request);
}

export async function startInside(request: StartRequest): Promise<TestNode> {
  const started = await startHere(request);
  return {
    port: started.port,
    child: null,
    run: async (work, ...args) => (await runText(String(work), started.scope, args)) as never,
    stop: () => started.stop(),
  };
}

interface Reply {
  readonly id?: number;
  readonly port?: number;
  readonly value?: unknown;
  readonly error?: string;
}

async function startForked(request: StartRequest): Promise<TestNode> {
  const child = fork(PROGRAM, [JSON.stringify(request)], {
    serialization: 'advanced',
    execArgv: ['--enable-source-maps'],
  });
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = (reason: Error): void => {
    for (const call of calls.values()) call.reject(reason);
    calls.clear();
  };
  void exited.then(() => end(new Error('the node has exited')));
  // What is sent to a node that has just been killed comes to nothing.
  child.on('error', end);
  child.on('message', ({ id, value, error }: Reply) => {
    const call = calls.get(id ?? 0);
    calls.delete(id ?? 0);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (reply: Reply) => resolve(reply.port ?? 0));
    void exited.then(() => reject(new Error(`the node of ${request.engine} did not start`)));
    child.once('error', reject);
  });
  let count = 0;
  return {
    port,
    child,
    run: (work, ...args) =>
      new Promise<unknown>((resolve, reject) => {
        calls.set(++count, { resolve, reject });
        child.send({ id: count, text: String(work), args });
      }) as never,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.send({ id: 0, text: 'stop', args: [] });
      await exited;
    },
  };
}

/** Waits until each of these nodes sees exactly so many. */
export async function converged(nodes: readonly TestNode[], count = nodes.length): Promise<void> {
  for (const node of nodes) {
    await node.run(async ({ link }, wanted) => {
      const end = Date.now() + 10_000;
      while (link.health().nodes !== wanted) {
        if (Date.now() > end) throw new Error(`sees ${link.health().nodes} nodes, not ${wanted}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }, count);
  }
}

export async function client(node: TestNode, auth: Record<string, unknown> = {}, nsp = '/'): Promise<Client> {
  const socket = connect(`http://127.0.0.1:${node.port}${nsp}`, { auth, forceNew: true, transports: ['websocket'] });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** The arguments of the next event of that name. */
export function next(socket: Client, event: string, ms = 20_000): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no "${event}" within ${ms} ms`)), ms);
    socket.once(event, (...args: unknown[]) => {
      clearTimeout(timer);
      resolve(args);
    });
  });
}

/** The names of all events up to and including `last`. */
export function until(socket: Client, last: string): Promise<string[]> {
  const names: string[] = [];
  const listener = (name: string): void => void names.push(name);
  socket.onAny(listener);
  return next(socket, last).then(() => {
    socket.offAny(listener);
    return names;
  });
}
