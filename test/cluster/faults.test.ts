import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Socket as Client } from 'socket.io-client';
import { type Broker, brokerAbsence, openBroker } from './support/brokers.js';
import { client, converged, next, startNode, type TestNode } from './support/cluster.js';
import { absent } from './support/engines.js';

const heartbeat = { interval: 300, timeout: 3000 };

describe('a broker that fails', { concurrency: 2 }, () => {
  const streams = ['redis-streams', 'redis-streams (ioredis)'];
  for (const engine of ['rabbitmq', 'redis', 'redis (ioredis)', ...streams, 'nats', 'postgres']) {
    const program = engine.split(' ')[0] ?? '';
    const missing = brokerAbsence(program);
    const options = { concurrency: 1, timeout: 150_000, skip: missing ? absent(missing) : false };
    describe(engine, options, () => suite(engine, program));
  }
});

/** The numbers that a client gets of a stream. */
function record(socket: Client): number[] {
  const numbers: number[] = [];
  socket.on('n', (n: number) => numbers.push(n));
  return numbers;
}

function suite(engine: string, program: string): void {
  let broker: Broker;
  let a: TestNode;
  let b: TestNode;
  let emitter: TestNode;
  let onA: Client;
  let onB: Client;

  before(async () => {
    broker = await openBroker(program);
    await broker.start();
    const options = { url: broker.url, prefix: 'faults', heartbeat };
    const start = (role: 'server' | 'emitter'): Promise<TestNode> => startNode({ engine, role, options });
    [a, b, emitter] = await Promise.all([start('server'), start('server'), start('emitter')]);
    await converged([a, b]);
    [onA, onB] = await Promise.all([client(a), client(b)]);
    onA.on('ask', (ack) => ack('A'));
    onB.on('ask', (ack) => ack('B'));
  });
  after(async () => {
    onA?.disconnect();
    onB?.disconnect();
    await Promise.all([a, b, emitter].map((node) => node?.stop()));
    await broker?.dispose();
  });

  /** Sends a numbered stream from A while something happens, and checks what must hold whatever happens. */
  async function during(happening: () => Promise<void>): Promise<{ lost: number; counted: number }> {
    const [here, there] = [record(onA), record(onB)];
    const before = await losses();
    const flowing = next(onB, 'n');
    await a.run(({ io, kept }) => {
      let n = 0;
      let written = 0;
      kept['late'] = 0;
      for (const socket of io.sockets.sockets.values()) socket.conn.on('packetCreate', () => written++);
      kept['timer'] = setInterval(() => {
        written = 0;
        io.emit('n', n++);
        if (written === 0) kept['late'] = Number(kept['late']) + 1;
      }, 10);
    });
    await flowing;
    await happening();
    await back();
    const end = Promise.all([next(onA, 'end'), next(onB, 'end')]);
    const late = await a.run(({ io, kept }) => {
      clearInterval(kept['timer'] as NodeJS.Timeout);
      io.emit('end');
      return kept['late'];
    });
    await end;
    for (const socket of [onA, onB]) socket.off('n');
    assert.equal(late, 0, 'a message is on its way to local clients when emit returns');
    assert.deepEqual(here, [...here.keys()], 'a client of the sending node misses nothing');
    const inOrder = there.every((n, at) => at === 0 || n > (there[at - 1] ?? n));
    assert.ok(inOrder, 'nothing comes twice or out of order');
    for (const node of [a, b, emitter]) assert.equal(node.child?.exitCode, null, 'no process has ended');
    return { lost: here.length - there.length, counted: (await losses()) - before };
  }

  async function losses(): Promise<number> {
    const dropped = await a.run(({ link }) => link.health().dropped);
    return dropped + (await b.run(({ link }) => link.health().missed));
  }

  /** Until a broadcast crosses in both directions, and calls cover both nodes. */
  async function back(): Promise<void> {
    await converged([a, b]);
    for (const node of [a, b]) {
      const answers = await node.run(({ io }) => io.timeout(5000).emitWithAck('ask'));
      assert.deepEqual(answers.sort(), ['A', 'B']);
    }
    const got = next(onB, 'emitted', 10_000);
    await emitter.run(async ({ emitter: io }) => {
      while (io.health().state !== 'up') await new Promise((resolve) => setTimeout(resolve, 10));
      io.emit('emitted');
    });
    await got;
  }

  const state = (node: TestNode): Promise<string> => node.run(({ link }) => link.health().state);

  it('is killed and comes back: local clients notice nothing, the loss is counted', async () => {
    const { lost, counted } = await during(async () => {
      await broker.kill();
      await a.run(async ({ link }) => {
        while (link.health().state !== 'down') await new Promise((resolve) => setTimeout(resolve, 5));
      });
      const answers = await a.run(({ io }) => io.timeout(1000).emitWithAck('ask'));
      assert.deepEqual(answers, ['A'], 'calls cover this node meanwhile');
      assert.equal(await a.run(async ({ io }) => (await io.fetchSockets()).length), 1);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await broker.start();
    });
    assert.ok(lost > 0);
    assert.ok(counted >= lost, `lost ${lost}, counted ${counted}`);
  });

  it('pauses for a moment: nothing is lost', async () => {
    const { lost } = await during(async () => {
      broker.pause(true);
      await new Promise((resolve) => setTimeout(resolve, 700));
      broker.pause(false);
    });
    assert.equal(lost, 0);
  });

  it('hangs for longer than the heartbeat allows: local clients notice nothing, the link is rebuilt', async () => {
    const { lost, counted } = await during(async () => {
      broker.pause(true);
      await a.run(async ({ link }) => {
        while (link.health().state === 'up') await new Promise((resolve) => setTimeout(resolve, 5));
      });
      broker.pause(false);
    });
    assert.ok(counted >= lost, `lost ${lost}, counted ${counted}`);
  });

  it('is replaced by something that speaks no such protocol: nobody dies, the link is rebuilt after it', async () => {
    const { lost, counted } = await during(async () => {
      await broker.kill();
      const garbage = await serveGarbage(broker.port);
      const [socket] = (await once(garbage, 'connection')) as [NodeJS.EventEmitter];
      await once(socket, 'close');
      assert.notEqual(await state(a), 'up');
      garbage.close();
      await broker.start();
    });
    assert.ok(counted >= lost, `lost ${lost}, counted ${counted}`);
  });
}

/** Answers everybody with bytes that mean nothing. */
async function serveGarbage(port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 37) % 256)));
    setTimeout(() => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 100);
    setTimeout(() => socket.destroy(), 200);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
