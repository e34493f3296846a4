import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Socket } from 'socket.io-client';
import { freePort } from '../cluster/support/brokers.js';
import { openClient, type ClientOptions, type Refusal } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';
import { compileOnce } from './compiled.js';
import { unexecuted } from './executed.js';
import { connecting } from './flask/connecting.js';
import { background, classes, errors, processes, sessions } from './flask/others.js';
import { receiving } from './flask/receiving.js';
import { rooms } from './flask/rooms.js';
import { sending } from './flask/sending.js';
import { starting } from './flask/starting.js';
import type { Proofs, World } from './flask/world.js';
import { fileOf, folderOf, kindOf, readRows, slugOf, type Row } from './page.js';
import { startProgram, type Program } from './program.js';

const PAGE = 'from-flask-socketio';
const rows = readRows(PAGE);
const [first] = rows;
const families = [starting, connecting, receiving, sending, rooms, errors, classes, background, sessions, processes];
const proofs: Proofs = Object.assign({}, ...families);

const programs = new Map<Row, Program>();
const coverage = mkdtempSync(join(tmpdir(), 'colloquy-coverage-'));
let env: Readonly<Record<string, string>> = {};

function programOf(row: Row): Program {
  const program = programs.get(row) ?? startProgram(fileOf(PAGE, row), coverage, env);
  programs.set(row, program);
  return program;
}

/** Gives what the rows' programs find in their folder. */
function furnish(folder: string): void {
  mkdirSync(join(folder, 'public'));
  writeFileSync(join(folder, 'public', 'hello.txt'), 'hello');
  const kind = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=localhost',
  ];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', ...kind, ...files], { stdio: 'ignore' });
}

async function refusalOf(socket: Socket): Promise<Refusal> {
  const [error] = await nextEvent<[Refusal]>(socket, 'connect_error');
  return error;
}

async function connected(socket: Socket): Promise<Socket> {
  const refused = refusalOf(socket).then(({ message }) => Promise.reject(new Error(`refused: ${message}`)));
  await Promise.race([nextEvent(socket, 'connect'), refused]);
  return socket;
}

function worldOf(t: TestContext, row: Row): World {
  const open = async (of: Row, path: string, options: ClientOptions = {}, protocol = 'http'): Promise<Socket> =>
    openClient(t, `${protocol}://localhost:${await programOf(of).port()}${path}`, options);
  const ownPath = `/${slugOf(row.title)}`;
  return {
    get program() {
      return programOf(row);
    },
    of: (title) =>
      worldOf(
        t,
        rows.find((each) => each.title === title)!,
      ),
    connect: async (path = ownPath, options) => connected(await open(first!, path, options)),
    greeting: async (event, path = ownPath, options) => {
      const socket = await open(first!, path, options);
      return [socket, await nextEvent(socket, event)];
    },
    refusal: async (options) => refusalOf(await open(first!, ownPath, options)),
    printed: (text) => until(() => programOf(first!).output.includes(text), `the output '${text}'`),
    visit: async (path = '/', { protocol, ...options } = {}) => connected(await open(row, path, options, protocol)),
    url: async () => `http://localhost:${await programOf(row).port()}`,
  };
}

describe('the page for those who come from Flask-SocketIO', () => {
  before(async () => {
    assert.equal(compileOnce(), '');
    furnish(folderOf(PAGE));
    env = { MESSAGE_QUEUE: `local://127.0.0.1:${await freePort()}` };
    for (const row of rows) if (kindOf(row) === 'program' && row.ours.includes('listen(')) programOf(row);
  });

  after(() => {
    for (const program of programs.values()) void program.stop();
    rmSync(coverage, { recursive: true });
  });

  it('has a proof for every row, and both sides in each', () => {
    assert.deepEqual(
      rows.map(({ title }) => title),
      Object.keys(proofs),
    );
    for (const { title, theirs } of rows) assert.ok(theirs.trim().length > 0, title);
  });

  for (const row of rows) {
    it(`does what it says: ${row.title}`, async (t) => proofs[row.title]!(worldOf(t, row)));
  }

  it('shows no line that is never executed, and its programs stop in order', async () => {
    const codes = await Promise.all([...programs.values()].map((program) => program.stop()));
    assert.deepEqual(new Set(codes), new Set([0]));
    const files = rows.filter((row) => kindOf(row) !== 'statements').map((row) => fileOf(PAGE, row));
    assert.deepEqual(unexecuted(coverage, files), []);
  });
});
