/** Brokers that a test starts on a free port in a folder of its own, to kill, pause and restart them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isListening } from './engines.js';

export interface Broker {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** Ends it without a word to anybody. */
  kill(): Promise<void>;
  /** Stops or continues it with all its connections open. */
  pause(paused: boolean): void;
  /** Kills it and removes its folder. */
  dispose(): Promise<void>;
}

interface Recipe {
  readonly program: string;
  readonly url: (port: number) => string;
  readonly arguments: (port: number, folder: string) => string[];
  readonly environment?: (port: number, folder: string) => Record<string, string>;
  /** Runs as this user when the tests run as root. */
  readonly user?: string;
  readonly prepare?: (folder: string, port: number, run: (program: string, args: string[]) => void) => void;
}

const POSTGRES = newest('/usr/lib/postgresql');
const RABBIT = '/usr/lib/rabbitmq/bin/rabbitmq-server';

const REDIS: Recipe = {
  program: '/usr/bin/redis-server',
  url: (port) => `redis://127.0.0.1:${port}`,
  arguments: (port, folder) =>
    ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'].map(String),
};

const RECIPES: Readonly<Record<string, Recipe>> = {
  redis: REDIS,
  'redis-streams': { ...REDIS, url: (port) => `redis+streams://127.0.0.1:${port}` },
  nats: {
    program: '/usr/sbin/nats-server',
    url: (port) => `nats://colloquy:secret@127.0.0.1:${port}`,
    arguments: (port) => ['-a', '127.0.0.1', '-p', String(port), '--user', 'colloquy', '--pass', 'secret'],
  },
  postgres: {
    program: join(POSTGRES, 'bin/postgres'),
    url: (port) => `postgres://tester@127.0.0.1:${port}/postgres`,
    arguments: (port, folder) =>
      ['-D', join(folder, 'data'), '-p', port, '-h', '127.0.0.1', '-k', folder, '-F'].map(String),
    user: 'postgres',
    prepare: (folder, _port, run) =>
      run(join(POSTGRES, 'bin/initdb'), ['-D', join(folder, 'data'), '-U', 'tester', '-A', 'trust', '-N']),
  },
  rabbitmq: {
    program: RABBIT,
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    arguments: () => [],
    environment: (port, folder) => ({
      HOME: folder,
      RABBITMQ_NODENAME: `test${port}@localhost`,
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_DIST_PORT: String(port + 1),
      RABBITMQ_MNESIA_BASE: folder,
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none.conf'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    }),
    prepare: (folder, port) => {
      writeFileSync(join(folder, 'plugins'), '[].');
      writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\n`);
    },
  },
};

/** Why that broker cannot be started here, or null. */
export function brokerAbsence(name: string): string | null {
  const recipe = RECIPES[name];
  return recipe && existsSync(recipe.program) ? null : `${recipe?.program ?? name} is not installed`;
}

export async function openBroker(name: string): Promise<Broker> {
  const recipe = RECIPES[name];
  if (!recipe) throw new Error(`no recipe for ${name}`);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), `colloquy-${name}-`));
  const owner = recipe.user && process.getuid?.() === 0 ? idsOf(recipe.user) : null;
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const env = { ...process.env, ...recipe.environment?.(port, folder) };
  const options = { ...owner, cwd: folder, env, stdio: 'ignore' as const };
  recipe.prepare?.(folder, port, (program, args) => void execFileSync(program, args, options));
  let child: ChildProcess | undefined;
  const broker: Broker = {
    url: recipe.url(port),
    port,
    start: async () => {
      child = await startUntilListening(() => spawn(recipe.program, recipe.arguments(port, folder), options), port);
    },
    kill: async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      for (const pid of family(child)) signal(pid, 'SIGKILL');
      await exited;
      while (await isListening(port)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    pause: (paused) => {
      for (const pid of child ? family(child) : []) signal(pid, paused ? 'SIGSTOP' : 'SIGCONT');
    },
    dispose: async () => {
      await broker.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
  return broker;
}

/** A server that was killed may have to be started twice, until what it left behind is gone. */
async function startUntilListening(start: () => ChildProcess, port: number): Promise<ChildProcess> {
  const end = Date.now() + 60_000;
  let child = start();
  while (!(await isListening(port))) {
    if (Date.now() > end) throw new Error(`no broker came up on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (child.exitCode !== null) child = start();
  }
  return child;
}

/** The process and all below it, deepest first. */
function family(child: ChildProcess): number[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (pid: number): number[] => [
    ...parents.filter(([, parent]) => parent === pid).flatMap(([each]) => below(each)),
    pid,
  ];
  return child.pid === undefined ? [] : below(child.pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function newest(folder: string): string {
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return join(folder, versions.sort((a, b) => Number(b) - Number(a))[0] ?? 'none');
}
