import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openAdapter } from '../../src/cluster/index.js';
import type { Running } from '../support/app.js';
import { until } from '../support/wait.js';
import { caughtUp, PATH, record, startWith } from '../support/start-with.js';

/** Two applications that are one cluster. */
async function startTwo(t: TestContext): Promise<[Running, Running]> {
  const url = `memory://${t.name.replaceAll(/\W+/g, '-')}`;
  const links = [openAdapter(url), openAdapter(url)];
  const adapters = links.map(({ factory }) => ({ adapter: factory }) as never);
  const one = await startWith(t, (socket) => void socket.nsp.local.emit('local'), adapters[0]);
  const two = await startWith(t, () => {}, adapters[1]);
  await Promise.all(links.map((link) => link.ready()));
  await until(() => links.every((link) => link.health().nodes === 2), 'the nodes have found each other');
  return [one, two];
}

describe('several servers', () => {
  it('serverSideEmit reaches the others, serverSideEmitWithAck gathers their answers', async (t) => {
    const [one, two] = await startTwo(t);
    const told = new Promise((resolve) => two.app.io.of(PATH).once('told', resolve));
    one.app.io.of(PATH).serverSideEmit('told', { by: 'one' });
    assert.deepEqual(await told, { by: 'one' });
    two.app.io.on('asked', (value: unknown, answer: (value: unknown) => void) => answer(['two', value]));
    assert.deepEqual(await one.app.io.serverSideEmitWithAck('asked', 1), [['two', 1]]);
  });

  it('local keeps a broadcast on its own server', async (t) => {
    const [one, two] = await startTwo(t);
    const [near, far] = [await one.connect(PATH), await two.connect(PATH)];
    const logs = [near, far].map(record);
    await near.emitWithAck('run');
    one.app.io.of(PATH).emit('everywhere');
    await until(() => logs[1]!.length > 0, 'the broadcast');
    await caughtUp(near, far);
    assert.deepEqual(logs, [[['local'], ['everywhere']], [['everywhere']]]);
  });

  it('fetchSockets, socketsJoin, socketsLeave and disconnectSockets reach the clients of all', async (t) => {
    const [one, two] = await startTwo(t);
    const [near, far] = [await one.connect(PATH), await two.connect(PATH)];
    const namespace = one.app.io.of(PATH);
    const rooms = async (): Promise<(string | undefined)[]> => {
      const sockets = await namespace.fetchSockets();
      return [near, far].map(({ id }) => {
        const found = sockets.find((socket) => socket.id === id);
        return [...(found?.rooms ?? [])].filter((room) => room !== id).join();
      });
    };
    assert.deepEqual(await rooms(), ['everybody', 'everybody']);
    namespace.in(far.id!).socketsJoin('far');
    namespace.socketsLeave('everybody');
    assert.deepEqual(await rooms(), ['', 'far']);
    const gone = new Promise((resolve) => far.once('disconnect', resolve));
    namespace.in('far').disconnectSockets();
    assert.equal(await gone, 'io server disconnect');
    assert.equal(near.connected, true);
  });
});
