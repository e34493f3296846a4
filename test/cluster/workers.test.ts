import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { connect as open, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { io as connect, type Socket as Client } from 'socket.io-client';
import { nextEvent, within } from '../support/wait.js';
import { next } from './support/cluster.js';

const PROGRAM = fileURLToPath(new URL('support/workers.js', import.meta.url));

interface Fact {
  readonly type: string;
  readonly port: number;
  readonly pid: number;
  readonly pids: number[];
  readonly delay: number;
  readonly runs: number;
}

interface Program {
  readonly child: ChildProcess;
  readonly facts: Fact[];
  readonly stderr: () => string;
  /** The first fact of that type, from now or the past, that the condition accepts. */
  fact(type: string, accept?: (fact: Fact) => boolean): Promise<Fact>;
}

function run(t: TestContext, options: object): Program {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const facts: Fact[] = [];
  const news = new EventEmitter();
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  createInterface(child.stdout).on('line', (line) => {
    facts.push(JSON.parse(line) as Fact);
    news.emit('fact');
  });
  const fact = async (type: string, accept: (fact: Fact) => boolean = () => true): Promise<Fact> => {
    for (;;) {
      const found = facts.find((each) => each.type === type && accept(each));
      if (found) return found;
      await once(news, 'fact', { signal: AbortSignal.timeout(30_000) });
    }
  };
  return { child, facts, fact, stderr: () => stderr };
}

interface Visitor {
  readonly socket: Client;
  /** The worker that serves it now. */
  pid: number;
  disconnects: number;
}

async function visit(t: TestContext, port: number, transports: string[]): Promise<Visitor> {
  const socket = connect(`http://127.0.0.1:${port}`, {
    transports,
    forceNew: true,
    reconnectionDelay: 20,
    reconnectionDelayMax: 100,
  });
  t.after(() => socket.disconnect());
  const visitor: Visitor = { socket, pid: 0, disconnects: 0 };
  socket.on('pid', (pid: number) => (visitor.pid = pid));
  socket.on('disconnect', () => visitor.disconnects++);
  await next(socket, 'pid');
  return visitor;
}

const visitAll = (t: TestContext, port: number, count: number, transports = ['websocket']): Promise<Visitor[]> =>
  Promise.all(Array.from({ length: count }, () => visit(t, port, transports)));

/** Ends the program, and holds it to its promise: each worker that was ever ready has ended, and so does the primary. */
async function endsWithAll({ child, facts }: Program): Promise<void> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(30_000) })) as [number];
  assert.equal(code, 0);
  const ended = facts.filter(({ type }) => type === 'stopped' || type === 'ended').map(({ pid }) => pid);
  assert.deepEqual(
    facts.filter(({ type, pid }) => type === 'ready' && !ended.includes(pid)),
    [],
  );
}

/** A bare connection, and its end. */
async function openTcp(t: TestContext, port: number): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = open(port, '127.0.0.1').resume();
  t.after(() => socket.destroy());
  // Cut off or ended: an error is followed by it.
  const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
  await nextEvent(socket, 'connect');
  return { socket, closed };
}

const REQUEST = 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: here\r\n\r\n';

describe('runWorkers', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    for (const moment of ['starting', 'ready', 'listening']) {
      it(`stops everything in order upon ${signal}, also when the first thing that it told was '${moment}'`, async (t) => {
        const program = run(t, { workers: 2 });
        await program.fact(moment);
        program.child.kill(signal);
        const [code] = (await once(program.child, 'close', { signal: AbortSignal.timeout(10_000) })) as [number];
        assert.equal(code, 0, program.stderr());
        assert.equal(program.stderr(), '');
        for (const { pid } of program.facts.filter(({ type }) => type === 'starting')) {
          assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
        }
      });
    }
  }

  it('spreads WebSocket clients over all workers, which are one cluster', async (t) => {
    const program = run(t, { workers: 2 });
    const { port, pids } = await program.fact('listening');
    const visitors = await visitAll(t, port, 20);
    assert.deepEqual(new Set(visitors.map(({ pid }) => pid)), new Set(pids));
    for (const pid of pids) assert.equal(visitors.filter((visitor) => visitor.pid === pid).length, 10);
    const heard = Promise.all(visitors.map(({ socket }) => next(socket, 'everybody')));
    visitors[0]?.socket.emit('everybody', 'hello');
    await heard;
    assert.equal(await visitors[0]?.socket.emitWithAck('count'), 20);
  });

  it('loses no connection of 200, each 5 ms after the other', async (t) => {
    const { port } = await run(t, { workers: 2 }).fact('listening');
    const visits: Promise<Visitor>[] = [];
    for (let n = 0; n < 200; n++) {
      visits.push(visit(t, port, ['websocket']));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal((await Promise.all(visits)).length, 200);
  });

  it('with stickiness by address, clients that poll stay with their worker', async (t) => {
    const { port } = await run(t, { workers: 2, stickiness: 'address' }).fact('listening');
    const visitors = await visitAll(t, port, 10, ['polling']);
    assert.equal(new Set(visitors.map(({ pid }) => pid)).size, 1);
    const heard = Promise.all(visitors.map(({ socket }) => next(socket, 'everybody')));
    visitors[0]?.socket.emit('everybody', 'x'.repeat(10_000));
    await heard;
    const upgraded = await visit(t, port, ['polling', 'websocket']);
    assert.equal(await upgraded.socket.emitWithAck('count'), 11);
    assert.deepEqual(
      [...visitors, upgraded].map(({ disconnects }) => disconnects),
      Array(11).fill(0),
    );
  });

  it('replaces a worker that was killed; its clients come back, the others notice nothing', async (t) => {
    const program = run(t, { workers: 2 });
    const { port, pids } = await program.fact('listening');
    const visitors = await visitAll(t, port, 6);
    const [victim] = pids as [number];
    const hit = visitors.filter(({ pid }) => pid === victim);
    const back = Promise.all(hit.map(({ socket }) => next(socket, 'pid')));
    process.kill(victim, 'SIGKILL');
    await program.fact('ended', ({ pid }) => pid === victim);
    await program.fact('ready', ({ pid }) => !pids.includes(pid));
    await back;
    for (const visitor of visitors) assert.equal(visitor.disconnects, hit.includes(visitor) ? 1 : 0);
    assert.equal(hit.length, 3);
    const one = await visitAll(t, port, 2);
    assert.equal(
      one.some(({ pid }) => !pids.includes(pid)),
      true,
    );
  });

  it('on SIGHUP every worker is replaced, and no client reconnects more than once', async (t) => {
    const program = run(t, { workers: 2 });
    const { port, pids } = await program.fact('listening');
    const visitors = await visitAll(t, port, 10);
    program.child.kill('SIGHUP');
    const during = visitAll(t, port, 4);
    for (const old of pids) await program.fact('stopped', ({ pid }) => pid === old);
    await during;
    for (const visitor of visitors) {
      if (pids.includes(visitor.pid)) await next(visitor.socket, 'pid');
      assert.ok(visitor.disconnects <= 1, `${visitor.disconnects} reconnects`);
    }
    program.child.kill('SIGUSR2');
    const { pids: now } = await program.fact('serving');
    assert.equal(now.length, 2);
    assert.deepEqual(
      now.filter((pid) => pids.includes(pid)),
      [],
    );
  });

  it('in a reload under load, every call that a handler ran for is acknowledged', async (t) => {
    const program = run(t, { workers: 2 });
    const { port, pids } = await program.fact('listening');
    const visitors = await visitAll(t, port, 20);
    let answered = 0;
    const timer = setInterval(() => {
      for (const { socket } of visitors) if (socket.connected) socket.emit('run', () => answered++);
    }, 1);
    t.after(() => clearInterval(timer));
    await new Promise((resolve) => setTimeout(resolve, 100));
    program.child.kill('SIGHUP');
    for (const old of pids) await program.fact('stopped', ({ pid }) => pid === old);
    clearInterval(timer);
    for (const { socket } of visitors) if (!socket.connected) await next(socket, 'pid');
    await Promise.all(visitors.map(({ socket }) => socket.emitWithAck('count')));
    await endsWithAll(program);
    const runs = program.facts.filter(({ type }) => type === 'closed').reduce((sum, fact) => sum + fact.runs, 0);
    assert.equal(answered, runs);
  });

  it('a listener of events that throws ends nothing, and is warned of', async (t) => {
    const program = run(t, { workers: 1, throwing: true });
    const { port } = await program.fact('listening');
    const [visitor] = await visitAll(t, port, 1);
    assert.equal(await visitor!.socket.emitWithAck('count'), 1);
    await endsWithAll(program);
    assert.match(program.stderr(), /WorkersWarning.*as a test wants it|as a test wants it/s);
  });

  it('a worker that dies while a reload starts the next one is not replaced twice', async (t) => {
    const program = run(t, { workers: 1 });
    const { pids } = await program.fact('listening');
    program.child.kill('SIGHUP');
    const { pid: second } = await program.fact('starting', ({ pid }) => !pids.includes(pid));
    process.kill(pids[0]!, 'SIGKILL');
    await program.fact('ready', ({ pid }) => pid === second);
    program.child.kill('SIGHUP');
    await program.fact('ready', ({ pid }) => !pids.includes(pid) && pid !== second);
    await endsWithAll(program);
    assert.equal(program.facts.filter(({ type }) => type === 'starting').length, 3);
  });

  it('a reload while a replacement is waited for leaves no worker behind', async (t) => {
    const program = run(t, { workers: 1 });
    const started: number[] = [];
    const another = async (): Promise<number> => {
      const { pid } = await program.fact('ready', (fact) => !started.includes(fact.pid));
      started.push(pid);
      return pid;
    };
    let delay = 0;
    while (delay < 200) {
      const victim = await another();
      process.kill(victim, 'SIGKILL');
      ({ delay } = await program.fact('ended', ({ pid }) => pid === victim));
    }
    // One reload after the other, until the replacement would have come if nothing held it back.
    const due = performance.now() + delay + 500;
    while (performance.now() < due) {
      program.child.kill('SIGHUP');
      await another();
    }
    await endsWithAll(program);
  });

  it('a worker may send the primary messages of its own before it is ready', async (t) => {
    const program = run(t, { workers: 1, messages: 20 });
    await program.fact('listening');
    await endsWithAll(program);
  });

  it("cuts connections that send no request, or half of one, within the server's time; WebSockets stay", async (t) => {
    const server = { headersTimeout: 500, requestTimeout: 500, connectionsCheckingInterval: 50 };
    const { port } = await run(t, { workers: 1, server }).fact('listening');
    const visitor = await visit(t, port, ['websocket']);
    const silent = await openTcp(t, port);
    const half = await openTcp(t, port);
    half.socket.write(REQUEST.slice(0, 20));
    const later = await openTcp(t, port);
    later.socket.write(REQUEST);
    await nextEvent(later.socket, 'data');
    later.socket.write(REQUEST.slice(0, 20));
    await within(Promise.all([silent.closed, half.closed, later.closed]), 'the end of the connections');
    assert.equal(await visitor.socket.emitWithAck('count'), 1);
    assert.equal(visitor.disconnects, 0);
  });

  it('on SIGTERM every worker stops in order, and the primary ends with 0', async (t) => {
    const program = run(t, { workers: 2 });
    const { port, pids } = await program.fact('listening');
    const visitors = await visitAll(t, port, 4);
    const gone = Promise.all(visitors.map(({ socket }) => next(socket, 'disconnect')));
    program.child.kill('SIGTERM');
    const [code] = (await once(program.child, 'exit')) as [number];
    await gone;
    assert.equal(code, 0);
    for (const pid of pids) {
      await program.fact('closed', (fact) => fact.pid === pid);
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    }
  });

  it('a worker that is told to end by itself stops in order, and is replaced', async (t) => {
    const program = run(t, { workers: 1 });
    const { pids } = await program.fact('listening');
    process.kill(pids[0]!, 'SIGTERM');
    await program.fact('closed', ({ pid }) => pid === pids[0]);
    await program.fact('ready', ({ pid }) => pid !== pids[0]);
  });

  it('workers end when their primary is killed', async (t) => {
    const program = run(t, { workers: 2 });
    await program.fact('listening');
    program.child.kill('SIGKILL');
    // Their common standard output ends with the last of them.
    await once(program.child, 'close', { signal: AbortSignal.timeout(15_000) });
  });

  it('a worker that does not start is an error, and nothing is left behind', async (t) => {
    const program = run(t, { workers: 2, failing: 'start' });
    const [code] = (await once(program.child, 'exit')) as [number];
    assert.notEqual(code, 0);
    assert.match(program.stderr(), /worker \d+ ended before it was ready/);
    assert.deepEqual(program.facts, []);
  });

  it('workers that die again and again are replaced with a growing pause', async (t) => {
    const program = run(t, { workers: 1, failing: 'soon' });
    await program.fact('ended', ({ delay }) => delay >= 200);
    const delays = program.facts.filter(({ type }) => type === 'ended').map(({ delay }) => delay);
    assert.deepEqual(delays.slice(0, 3), [0, 100, 200]);
  });
});
