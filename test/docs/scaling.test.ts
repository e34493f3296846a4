import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { capacity, load } from '../../bench/scaling/arithmetic.js';
import { clients, engines, type EngineName } from '../../bench/scaling/costs.js';
import { Events } from '../../bench/scaling/events.js';
import type { Scenario } from '../../bench/scaling/scenario.js';
import { simulate } from '../../bench/scaling/simulate.js';
import { run, tables } from '../../bench/scaling/tables.js';
import { attempt } from '../../bench/scaling/trial.js';

const text = readFileSync(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
const TOLERANCE = 0.05;

/** The rows of a table of the document, without its head. */
function tableOf(name: string): string[][] {
  const body = text.split(`<!-- table: ${name} -->`)[1] ?? '';
  const lines = body.trimStart().split('\n');
  const table = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
  return table.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The same words, and numbers that are nearly the same. */
function agree(written: string, computed: string, where: string): void {
  const [one, other] = [written, computed].map((cell) => Number(cell.replace(/[,% ]/g, ''))) as [number, number];
  if (Number.isNaN(other)) return assert.equal(written, computed, where);
  const last = 1 / 10 ** (/\.(\d+)/.exec(computed)?.[1]?.length ?? 0);
  const allowed = Math.max(last, TOLERANCE * Math.abs(other));
  assert.ok(Math.abs(one - other) <= allowed + 1e-9, `${where}: the document says ${written}, it is ${computed}`);
}

function near(actual: number, expected: number, what: string, allowed = TOLERANCE): void {
  assert.ok(Math.abs(actual - expected) <= allowed * expected, `${what}: ${actual}, expected ${expected}`);
}

describe('docs/scaling.md', () => {
  for (const [name, make] of Object.entries(tables)) {
    it(`says in its table of ${name} what the simulation and the arithmetic give`, () => {
      const { rows } = make();
      const written = tableOf(name);
      assert.equal(written.length, rows.length, `rows of the table ${name}`);
      rows.forEach((row, at) =>
        row.forEach((cell, column) =>
          agree(written[at]?.[column] ?? '', String(cell), `${name} ${at + 1}:${column + 1}`),
        ),
      );
    });
  }

  it('quotes the measured costs', () => {
    for (const row of tableOf('costs')) {
      const { send, receive, turn, intake, copy, wake, write } = engines[row[0] as EngineName];
      assert.deepEqual(row.slice(1).map(Number), [send, receive, turn, intake, copy, wake, write], row[0]);
    }
    assert.equal(tableOf('costs').length, Object.keys(engines).length);
    const of = Object.fromEntries(
      tableOf('clients').map(([what, value]) => [what, Number(value?.replaceAll(',', ''))]),
    );
    assert.deepEqual(of, { ...clients });
  });
});

describe('the simulation of a cluster', () => {
  const scenario: Scenario = { engine: 'redis', nodes: 20, connections: 100_000, room: 20, messages: 10_000 };

  for (const engine of Object.keys(engines) as EngineName[]) {
    it(`loads nodes and broker as the arithmetic says, over ${engine}`, () => {
      const { messages } = capacity({ ...scenario, engine });
      const outcome = run({ ...scenario, engine, messages });
      const expected = load({ ...scenario, engine, messages });
      // The formula takes what a busy broker hands on for as many turns as at random times; a few more of them fall apart.
      near(outcome.node, expected.node, 'the mean node', 0.15);
      near(outcome.broker, expected.broker, 'the broker');
      near(outcome.deliveries, messages * scenario.room, 'deliveries');
    });
  }

  it('does every piece of work once: a message costs its sender, the broker, and each node with or without members', () => {
    const alone = { ...scenario, nodes: 1, connections: 20, messages: 100 };
    const outcome = simulate(alone, 10);
    const messages = outcome.deliveries / 20;
    const { send, turn } = engines.redis;
    // A turn for the call, and one in which the message comes back and is ignored.
    near(outcome.node * 1e6, messages * (clients.call + send + 20 * clients.delivery + 2 * turn), 'one node');
  });

  it('spends fewer turns on each message as there are more of them', () => {
    const [few, many] = [500, 20_000].map((messages) => simulate({ ...scenario, messages }, 1).broker / messages);
    assert.ok(few! > 2 * many!, `${few} of a core for each message, and ${many}`);
  });

  it('shows the queue: near a full core, messages take longer', () => {
    const full = capacity(scenario, 0.95).messages;
    const calm = simulate({ ...scenario, messages: full / 4 }, 1);
    const busy = simulate({ ...scenario, messages: full }, 1);
    assert.ok(busy.most > 3 * calm.most, `${busy.most} ms against ${calm.most} ms`);
  });

  it('takes what is to happen in the order of time', () => {
    const events = new Events<{ at: number }>();
    const times = [5, 3, 8, 1, 9, 2, 7, 2, 6, 4, 0];
    for (const at of times) events.push({ at });
    const taken = times.map(() => events.pop()?.at);
    assert.deepEqual(
      taken,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(events.pop(), undefined);
  });
});

describe('the measurement of a whole cluster', () => {
  it(
    'has each call answered once, and each message delivered once to all of its room',
    { timeout: 30_000 },
    async () => {
      const scenario: Scenario = { engine: 'local', nodes: 2, connections: 12, room: 4, messages: 200 };
      const [first, second, ...more] = await attempt(scenario, { seconds: 0.3, runs: 2, warmUp: 20 });
      assert.equal(more.length, 0);
      for (const trial of [first!, second!]) {
        const { sent, answered, delivered, delays } = trial.talk;
        assert.ok(sent > 0);
        assert.deepEqual(
          { answered, delivered, delays: delays.length },
          { answered: sent, delivered: 4 * sent, delays: sent },
        );
        assert.ok(trial.node > 0 && trial.half > 0 && trial.most >= trial.half);
      }
    },
  );
});
