/** How many clients are where, on all nodes, without asking them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Adapter } from 'socket.io-adapter';
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { Census } from '../../src/cluster/bus/nodes/census.js';
import { client, converged, startNode, type TestNode } from './support/cluster.js';
import { absence, ENGINES } from './support/engines.js';

const counted = (node: TestNode, wanted: unknown): Promise<void> =>
  node.run(async ({ link }, text) => {
    const end = Date.now() + 10_000;
    const now = (): string =>
      JSON.stringify({
        clients: link.counts?.count('/'),
        red: link.counts?.count('/', 'red'),
        rooms: [...(link.counts?.rooms('/') ?? [])].sort(([a], [b]) => a.localeCompare(b)),
      });
    while (now() !== text) {
      if (Date.now() > end) throw new Error(`${now()} is not ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, JSON.stringify(wanted));

describe('counts across nodes', { concurrency: 2 }, () => {
  for (const engine of ENGINES.filter(({ name }) => !name.includes('('))) {
    it(`${engine.name}: are known to every node, those that join later included, and forgotten with a node`, async (t) => {
      const missing = await absence(engine);
      if (missing) return t.skip(missing);
      const options = { prefix: `census-${process.pid}-${engine.name}`, heartbeat: { interval: 100, timeout: 2000 } };
      const start = (): Promise<TestNode> => startNode({ engine: engine.name, role: 'server', options });
      const [a, b] = await Promise.all([start(), start()]);
      await converged([a, b]);
      const clients = await Promise.all([
        client(a, { rooms: ['red'] }),
        client(a, { rooms: ['red', 'blue'] }),
        client(b, { rooms: ['red'] }),
      ]);
      const all = {
        clients: 3,
        red: 3,
        rooms: [
          ['blue', 1],
          ['red', 3],
        ],
      };
      await Promise.all([counted(a, all), counted(b, all)]);
      const c = await start();
      await counted(c, all);
      clients[1]!.disconnect();
      const less = { clients: 2, red: 2, rooms: [['red', 2]] };
      await Promise.all([a, b, c].map((node) => counted(node, less)));
      clients[2]!.disconnect();
      if (b.child) b.child.kill('SIGKILL');
      else await b.stop();
      await Promise.all([a, c].map((node) => counted(node, { clients: 1, red: 1, rooms: [['red', 1]] })));
      clients[0]!.disconnect();
      await Promise.all([a, b, c].map((node) => node.stop()));
    });
  }

  it('a thousand reads cost next to nothing, however many rooms there are', () => {
    const { census, adapter } = node();
    for (let n = 0; n < 1000; n++) join(adapter, `s${n}`, `room ${n % 100}`);
    const all = census.rooms('/');
    // Whatever grows with the rooms and clients is there already: nothing is counted when it is read.
    const unreadable = { get: () => assert.fail('a read asks the adapter') };
    Object.defineProperties(adapter, { rooms: unreadable, sids: unreadable });
    assert.equal(census.rooms('/'), all, 'the rooms are not copied');
    // The least of twenty: a machine that does much else disturbs some of them, and not all.
    const times = Array.from({ length: 20 }, () => {
      const before = process.cpuUsage();
      let sum = 0;
      for (let n = 0; n < 1000; n++) sum += census.count('/', `room ${n % 100}`) + census.rooms('/').size;
      assert.equal(sum, 110_000);
      return process.cpuUsage(before).user;
    });
    assert.ok(Math.min(...times) < 5000, `${times.join(', ')} µs`);
  });

  it('any joining and leaving ends in the counts of the adapters, whichever versions were missed', () => {
    const step = fc.record({
      at: fc.nat(1),
      sid: fc.nat(4),
      room: fc.nat(2),
      leaves: fc.boolean(),
      misses: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const nodes = [node(), node()];
        const tell = (from: number): void => {
          const changes = nodes[from]!.census.changes();
          const other = nodes[1 - from]!.census;
          if (changes && !other.receive(String(from), changes)) other.receive(String(from), nodes[from]!.census.all());
        };
        for (const { at, sid, room, leaves, misses } of steps) {
          const { adapter, census } = nodes[at]!;
          if (leaves) leave(adapter, `s${sid}`, `r${room}`);
          else join(adapter, `s${sid}`, `r${room}`);
          if (misses) census.changes();
          else tell(at);
        }
        for (const at of [0, 1]) {
          join(nodes[at]!.adapter, 'x', 'last');
          tell(at);
        }
        for (const room of ['r0', 'r1', 'r2', 'last']) {
          const sum = nodes.reduce((total, { adapter }) => total + (adapter.rooms.get(room)?.size ?? 0), 0);
          for (const { census } of nodes) {
            assert.equal(census.count('/', room), sum);
            assert.equal(census.rooms('/').get(room) ?? 0, sum);
          }
        }
      }),
    );
  });
});

function node(): { census: Census; adapter: Adapter } {
  const sids = new Map();
  const nsp = Object.assign(new EventEmitter(), { sockets: sids });
  const adapter = Object.assign(new EventEmitter(), { nsp, rooms: new Map(), sids }) as unknown as Adapter;
  const census = new Census();
  census.watch('/', adapter);
  return { census, adapter };
}

/** As Socket.IO's adapter does it. */
function join(adapter: Adapter, sid: string, ...rooms: string[]): void {
  for (const room of [sid, ...rooms]) {
    adapter.sids.set(sid, (adapter.sids.get(sid) ?? new Set()).add(room));
    const members = adapter.rooms.get(room) ?? new Set();
    if (members.has(sid)) continue;
    adapter.rooms.set(room, members.add(sid));
    adapter.emit('join-room', room, sid);
  }
}

function leave(adapter: Adapter, sid: string, room: string): void {
  adapter.sids.get(sid)?.delete(room);
  const members = adapter.rooms.get(room);
  if (!members?.delete(sid)) return;
  adapter.emit('leave-room', room, sid);
  if (members.size === 0) adapter.rooms.delete(room);
}
