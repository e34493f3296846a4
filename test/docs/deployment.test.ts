import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import { createApp, type App } from '../../src/index.js';
import { freePort } from '../cluster/support/brokers.js';
import { isListening } from '../cluster/support/engines.js';
import { within } from '../support/wait.js';

const text = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');

/** A configuration file of the document. */
function snippet(name: string): string {
  const [, body] = new RegExp(`<!-- file: ${name} -->\\s+\`\`\`\\w+\\n([^]*?)\`\`\``).exec(text) ?? [];
  assert.ok(body, `docs/deployment.md has no ${name}`);
  return body;
}

function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

interface Proxy {
  readonly program: string;
  readonly configuration: () => string;
  readonly arguments: (file: string, folder: string) => string[];
}

const inNginx = (body: string): string =>
  `pid nginx.pid; error_log stderr; events {} http { access_log off; ${[
    'client_body',
    'proxy',
    'fastcgi',
    'uwsgi',
    'scgi',
  ]
    .map((kind) => `${kind}_temp_path ${kind};`)
    .join(' ')} ${body} }`;

const nginx = (configuration: () => string): Proxy => ({
  program: 'nginx',
  configuration: () => inNginx(configuration()),
  arguments: (file, folder) => ['-p', folder, '-c', file, '-g', 'daemon off;'],
});

const proxies: Record<string, Proxy> = {
  'nginx, WebSocket only': nginx(() => snippet('nginx-websocket')),
  'nginx, sticky': nginx(() =>
    snippet('nginx-websocket').replace(/upstream colloquy \{[^}]*\}/, () => snippet('nginx-sticky')),
  ),
  HAProxy: {
    program: 'haproxy',
    configuration: () => snippet('haproxy'),
    arguments: (file) => ['-db', '-f', file],
  },
};

/** Two nodes, and the proxy before them; gives the proxy's port. */
async function start(t: TestContext, proxy: Proxy, program: string): Promise<number> {
  const nodes = await Promise.all([startNode(t), startNode(t)]);
  const port = await freePort();
  const ports: Record<string, number> = { '8080': port, '5001': nodes[0], '5002': nodes[1] };
  const configuration = proxy.configuration().replace(/\b(8080|5001|5002)\b/g, (word) => String(ports[word]));
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-proxy-'));
  const file = join(folder, 'proxy.conf');
  writeFileSync(file, configuration);
  const child = spawn(program, proxy.arguments(file, folder), { stdio: ['ignore', 'ignore', 'pipe'] });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await isListening(port))) {
    assert.equal(child.exitCode, null, Buffer.concat(errors).toString());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return port;
}

async function startNode(t: TestContext): Promise<number> {
  const app: App = await createApp({
    controllers: [],
    logger: false,
    signals: false,
    http: (_request, response) => void response.writeHead(app.health().closing ? 503 : 200).end(),
  });
  app.on('/', 'who', () => port);
  t.after(() => app.close());
  const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
  return port;
}

async function connect(t: TestContext, port: number, options: Partial<ManagerOptions>): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, ...options });
  t.after(() => socket.disconnect());
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  await within(connected, 'the connection');
  return socket;
}

describe('docs/deployment.md', { concurrency: false, timeout: 60_000 }, () => {
  for (const [name, proxy] of Object.entries(proxies)) {
    const program = find(proxy.program);
    const skip = program || process.env['CI'] ? false : `${proxy.program} is not installed`;

    it(`has a configuration that lets pages connect by WebSocket: ${name}`, { skip }, async (t) => {
      const port = await start(t, proxy, program ?? proxy.program);
      const extraHeaders = { origin: `http://127.0.0.1:${port}` };
      const options = { transports: ['websocket'], extraHeaders };
      const clients = await Promise.all(Array.from({ length: 6 }, () => connect(t, port, options)));
      const answers = await Promise.all(clients.map((client) => client.emitWithAck('who') as Promise<number>));
      if (!name.includes('sticky')) assert.equal(new Set(answers).size, 2, 'one of the nodes got no client');
    });

    if (name.includes('only')) continue;
    it(`has a configuration that keeps long-polling clients at their node: ${name}`, { skip }, async (t) => {
      const port = await start(t, proxy, program ?? proxy.program);
      for (let n = 0; n < 4; n++) {
        const client = await connect(t, port, { transports: ['polling'], withCredentials: true });
        const answers = new Set<number>();
        for (let call = 0; call < 5; call++) answers.add((await client.emitWithAck('who')) as number);
        assert.equal(answers.size, 1);
      }
    });
  }
});
