import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { absence, engineNamed } from '../cluster/support/engines.js';
import { shows, skipPages, visit } from './browser.js';
import { connect, type SampleClient } from './client.js';
import { RunningSample } from './sample.js';

interface OfNode {
  readonly node: string;
}

/** Servers and a worker of one cluster; each name becomes the name of a node. */
class Cluster {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(
    private readonly t: TestContext,
    broker: string,
  ) {
    this.#environment = { BROKER: broker, PREFIX: `sample-${process.pid}-${process.hrtime.bigint()}` };
  }

  async server(name: string): Promise<RunningSample> {
    return this.#start({ program: 'server.ts', environment: { ...this.#environment, NODE_NAME: name } });
  }

  two(): Promise<[RunningSample, RunningSample]> {
    return Promise.all([this.server('one'), this.server('two')]);
  }

  async worker(): Promise<RunningSample> {
    const ready = /^(emitting) to/;
    return this.#start({ program: 'worker.ts', environment: this.#environment, ready });
  }

  async #start(program: Parameters<typeof RunningSample.start>[1]): Promise<RunningSample> {
    const started = await RunningSample.start('cluster', program);
    this.t.after(() => started.kill());
    return started;
  }

  async client(server: RunningSample): Promise<SampleClient> {
    const client = await connect(`${server.url}/cluster`);
    this.t.after(() => client.leave());
    return client;
  }
}

/** The total that a client is told of, once it is so high. */
async function total(client: SampleClient, wanted: number): Promise<void> {
  let heard = -1;
  while (heard < wanted) ({ total: heard } = await client.next<{ total: number }>('total'));
  assert.equal(heard, wanted);
}

/** Waits as long as a lease may take to move. */
async function tickOf(client: SampleClient, wanted?: string): Promise<string> {
  for (;;) {
    const { node } = await client.next<OfNode>('tick', 30_000);
    if (wanted === undefined || node === wanted) return node;
  }
}

const redis = await absence(engineNamed('redis'));
const brokers = [
  { broker: 'local:', skip: false },
  { broker: 'redis://127.0.0.1:6379', skip: redis ?? false },
];

describe('the sample of a cluster', { concurrency: 3, timeout: 240_000 }, () => {
  for (const { broker, skip } of brokers) {
    it(`is one to its clients over ${broker}, whichever node they are at`, { skip }, async (t) => {
      const cluster = new Cluster(t, broker);
      const [one, two] = await cluster.two();
      const worker = await cluster.worker();
      const [here, there] = [await cluster.client(one), await cluster.client(two)];
      assert.deepEqual(await here.next('node'), { node: 'one' });
      assert.deepEqual(await there.next('node'), { node: 'two' });

      await here.call('say', { text: 'hello' });
      assert.deepEqual(await there.next('said'), { text: 'hello', node: 'one' });

      await Promise.all([here.call('add'), here.call('add'), there.call('add')]);
      await Promise.all([total(here, 3), total(there, 3)]);

      assert.deepEqual(await here.call('nodes'), { one: 1, two: 1 });
      const news = await Promise.all([here.next<{ number: number }>('news'), there.next<{ number: number }>('news')]);
      for (const { number } of news) assert.ok(number >= 1);

      await worker.stop();
      await one.stop();
      await two.stop();
    });

    it(
      `moves its clock and keeps its count over ${broker} when the node that holds it is killed`,
      { skip },
      async (t) => {
        const cluster = new Cluster(t, broker);
        const [one, two] = await cluster.two();
        const servers = { one, two };
        const clients = { one: await cluster.client(servers.one), two: await cluster.client(servers.two) };
        const holder = (await tickOf(clients.one)) as 'one' | 'two';
        const other = holder === 'one' ? 'two' : 'one';
        assert.equal(await tickOf(clients.two), holder, 'both nodes tell of the same holder');
        await clients[holder].call('add');
        await total(clients[other], 1);

        await servers[holder].kill();
        assert.equal(await tickOf(clients[other], other), other);

        const third = await cluster.client(await cluster.server('three'));
        await clients[other].call('add');
        await total(third, 2);
      },
    );
  }

  it('has a page that shows who answers and what other nodes say', { skip: skipPages }, async (t) => {
    const cluster = new Cluster(t, 'local:');
    const [one, two] = await cluster.two();
    await cluster.worker();
    const here = await visit(one.url);
    const there = await visit(two.url);
    await shows(here.page, '#node', 'one');
    await shows(there.page, '#node', 'two');
    await here.page.getByRole('textbox', { name: 'Message' }).fill('hello');
    await here.page.getByRole('button', { name: 'Say' }).click();
    await shows(there.page, '#log li', 'hello');
    await there.page.getByRole('button', { name: 'Add one' }).click();
    await shows(here.page, '#total', '1');
    await shows(here.page, '#nodes li', 'two: 1');
    await shows(here.page, '#news', /by worker \d+/);
    const holder = await there.page
      .locator('#holder')
      .filter({ hasText: /one|two/ })
      .textContent();
    await shows(here.page, '#holder', holder ?? '');
    await here.leave();
    await there.leave();
  });

  it('runs on all cores behind one port', async () => {
    const workers = await RunningSample.start('cluster', { program: 'workers.ts' });
    const clients = [];
    for (let n = 0; n < 2; n++) clients.push(await connect(`${workers.url}/cluster`));
    const names = await Promise.all(clients.map((client) => client.next<OfNode>('node')));
    const [first, second] = clients as [SampleClient, SampleClient];
    await first.call('say', { text: 'hello' });
    assert.deepEqual(await second.next('said'), { text: 'hello', node: names[0]?.node });
    for (const client of clients) client.leave();
    await workers.stop();
  });

  it('says that it is ready', async (t) => {
    const server = await new Cluster(t, 'local:').server('one');
    const response = await fetch(`${server.url}/ready`);
    assert.equal(response.status, 200);
    const { closing, adapter } = (await response.json()) as { closing: boolean; adapter: { state: string } };
    assert.deepEqual({ closing, state: adapter.state }, { closing: false, state: 'up' });
  });
});
