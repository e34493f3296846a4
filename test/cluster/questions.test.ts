import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { Server } from 'socket.io';
import { encode } from '../../src/cluster/bus/frames/codec.js';
import { Framer } from '../../src/cluster/bus/frames/framer.js';
import { type AdapterLink, openAdapter } from '../../src/cluster/index.js';
import { type Question, Requests } from '../../src/cluster/bus/requests.js';
import { MemoryTransport } from '../../src/cluster/transports/memory.js';
import { Relay } from '../../src/cluster/transports/local/relay.js';
import { nextWarning, until } from '../support/wait.js';

async function node(t: TestContext, url: string): Promise<{ io: Server; link: AdapterLink }> {
  const link = openAdapter(url);
  t.after(() => link.close());
  await link.ready();
  return { io: new Server({ adapter: link.factory }), link };
}

/** Asks what nobody answers, with a callback that throws; resolves with the warning. */
async function askInVain(io: Server): Promise<Error> {
  const warned = nextWarning(/as a test wants it/);
  io.serverSideEmit('nobody answers', () => {
    throw new Error('a callback failed, as a test wants it');
  });
  return warned;
}

describe('the callback of a question to other nodes', () => {
  it('that throws when the link breaks is a process warning, and the link is made anew', async (t) => {
    const relay = new Relay('secret');
    const url = `local://:secret@127.0.0.1:${await relay.listen(0, '127.0.0.1')}`;
    const [one, two] = [await node(t, url), await node(t, url)];
    await until(() => one.link.health().nodes === 2, 'they know of each other');
    const warning = askInVain(one.io);
    await relay.close();
    assert.match((await warning).message, /as a test wants it/);
    await until(() => [one, two].every(({ link }) => link.health().nodes === 2), 'they have found each other again');
  });

  it('that throws when a node is found to be gone is a process warning', async (t) => {
    const url = `memory://phantom-${process.pid}`;
    const { io, link } = await node(t, url);
    await pretend(url);
    await until(() => link.health().nodes === 2, 'it is taken for a node');
    assert.match((await askInVain(io)).message, /as a test wants it/);
    assert.equal(link.health().nodes, 1);
  });

  it('that throws is called no second time, and other questions get their answers', async () => {
    const errors: string[] = [];
    const requests = new Requests(
      () => Promise.resolve(),
      (error) => errors.push((error as Error).message),
    );
    const throwing: Question = {
      timeout: 10,
      answer: () => fail('answer'),
      gone: () => fail('gone'),
      done: () => fail('done'),
      timedOut: (missing) => fail(`${missing} missing`),
    };
    requests.answer('a', requests.ask(['a'], throwing), {});
    assert.deepEqual(errors.splice(0), ['answer', 'done']);
    requests.ask(['a'], throwing);
    const other = new Promise<void>((resolve) => {
      requests.ask(['a'], { ...throwing, gone: () => {}, done: () => resolve() });
    });
    requests.gone('a');
    await other;
    assert.deepEqual(errors.splice(0), ['gone', 'done']);
    requests.ask(['a', 'b'], throwing);
    await until(() => errors.length > 0, 'the end of its time');
    assert.deepEqual(errors, ['2 missing']);
    requests.close();
  });
});

/** Speaks once as a node that is not there. */
async function pretend(url: string): Promise<void> {
  const transport = new MemoryTransport({ url: new URL(url), prefix: 'colloquy', uid: null, client: undefined });
  const session = await transport.connect({ frame() {}, closed() {}, blocked() {}, lost() {} });
  const beat = encode({ node: 'beat', state: { held: [], wanted: [] } });
  for (const frame of new Framer(randomBytes(8).toString('hex')).cut(beat, 'all', session.maxFrame)) {
    session.publish('all', frame);
  }
  await session.close();
}

function fail(what: string): never {
  throw new Error(what);
}
