/** Questions to clients of other nodes: as to clients of this one, with the same errors. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Socket as Client } from 'socket.io-client';
import { client, converged, startNode, type TestNode } from './support/cluster.js';
import { absence, ENGINES, forgetStreams, type TestEngine } from './support/engines.js';

const absences = new Map(
  await Promise.all(
    ENGINES.filter(({ name }) => !name.includes('(')).map(async (engine) => [engine, await absence(engine)] as const),
  ),
);

describe('a question to a client of another node', { concurrency: 2 }, () => {
  for (const [engine, reason] of absences) {
    describe(engine.name, { concurrency: 1, skip: reason ?? false }, () => suite(engine));
  }
});

function suite(engine: TestEngine): void {
  const prefix = `calls-${process.pid}-${engine.name}`;
  let a: TestNode;
  let b: TestNode;
  let onA: Client;
  let onB: Client;

  before(async () => {
    const start = (): Promise<TestNode> => startNode({ engine: engine.name, role: 'server', options: { prefix } });
    [a, b] = await Promise.all([start(), start()]);
    await converged([a, b]);
    [onA, onB] = await Promise.all([client(a), client(b)]);
  });
  after(async () => {
    for (const each of [onA, onB]) each?.disconnect();
    await Promise.all([a, b].map((node) => node?.stop()));
    if (engine.official) await forgetStreams(prefix);
  });

  /** What `call` does to the socket of that id, asked at A; its error's code or what it returns. */
  const called = (id: string, event: string, timeout?: number): Promise<unknown> =>
    a.run(
      async ({ io, call }, wanted, name, ms) => {
        const found = (await io.fetchSockets()).find((each) => each.id === wanted)!;
        const target = ms === undefined ? found : found.timeout(ms);
        try {
          return await call(target as Parameters<typeof call>[0], name, 'argument');
        } catch (error) {
          return (error as { code?: string }).code ?? String(error);
        }
      },
      id,
      event,
      timeout,
    );

  it('has the answer, on each node', async () => {
    for (const each of [onA, onB]) each.on('echo', (text: string, ack: (value: unknown) => void) => ack([text, 1]));
    assert.deepEqual(await called(onB.id!, 'echo'), ['argument', 1]);
    assert.deepEqual(await called(onA.id!, 'echo'), ['argument', 1]);
  });

  it('fails with the error of the client, and with `timeout`', async () => {
    onB.on('refuse', (_text: string, ack: (value: unknown) => void) =>
      ack({ error: { code: 'busy', message: 'Busy.' } }),
    );
    assert.equal(await called(onB.id!, 'refuse'), 'busy');
    assert.equal(await called(onB.id!, 'nobody listens', 200), 'timeout');
  });

  it('fails with `disconnected` at once when the client leaves, or has left', async () => {
    const leaving = await client(b);
    const { id } = leaving;
    leaving.on('leave', () => leaving.disconnect());
    assert.equal(await called(id!, 'leave'), 'disconnected');
    const gone = await client(b);
    const code = await a.run(async ({ io, call, kept }, wanted) => {
      kept['found'] = (await io.fetchSockets()).find((each) => each.id === wanted);
      io.in(wanted).disconnectSockets();
      while ((await io.fetchSockets()).some((each) => each.id === wanted)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return call(kept['found'] as Parameters<typeof call>[0], 'q').catch((error: { code: string }) => error.code);
    }, gone.id!);
    assert.equal(code, 'disconnected');
  });

  it('callAll knows who answered and who left, on each node', async () => {
    const leaving = await client(b);
    const { id } = leaving;
    leaving.on('all', () => leaving.disconnect());
    for (const each of [onA, onB])
      each.on('all', (ack: (value: unknown) => void) => ack({ answered: true, socket: 'x' }));
    const all = await a.run(async ({ io, callAll }) => callAll(io, 'all'));
    assert.deepEqual(new Set(all.answers.map((each) => each.id)), new Set([onA.id, onB.id]));
    for (const { value } of all.answers) assert.deepEqual(value, { answered: true, socket: 'x' });
    assert.deepEqual([all.missing, all.complete], [[id], false]);
  });
}
