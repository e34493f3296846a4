/** docs/operating.md: its program does what it says, and its tables, alerts and the dashboard name what there is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openClient } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';
import { everything, type Everything } from '../telemetry/everything.js';
import { parse, valueOf } from '../telemetry/prometheus.js';
import { codeWords, tableOf } from '../repo/readme-tables.js';
import { root } from './page.js';
import { startProgram } from './program.js';

const page = readFileSync(join(root, 'docs/operating.md'), 'utf8');
const folder = join(root, '.build', 'operating');

/** Writes the files of the page with the README's options; returns what the compiler says. */
function compileProgram(): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [, name, code] of page.matchAll(/<!-- file: (\S+) -->\s+```ts\n([^]*?)```/g)) {
    writeFileSync(join(folder, name!), code!);
  }
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'tsconfig.json'), /```jsonc\n\/\/ tsconfig.json\n([^]*?)```/.exec(readme)![1]!);
  return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
}

it('the program of the page compiles, and does what it says', async (t) => {
  assert.equal(compileProgram(), '');
  const environment = { PORT: '0', METRICS_TOKEN: 'secret' };
  const program = startProgram(join(folder, 'main.js'), join(folder, 'coverage'), environment);
  t.after(async () => assert.equal(await program.stop(), 0, program.output));
  const url = `http://127.0.0.1:${await program.port()}`;
  const client = openClient(t, `${url}/chat`, { auth: { user: 'ann' } });
  await nextEvent(client, 'connect');
  assert.equal(await client.emitWithAck('say', { text: 'hello' }), 'hello');
  const { error } = (await client.emitWithAck('say', { text: 'shout' })) as { error: { code: string } };
  assert.equal(error.code, 'too_loud');
  await until(() => program.output.includes('a call has ended'), 'the end in the log');
  const lines = program.output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const [speaks, fails, ends] = ['somebody speaks', 'nobody hears it', 'a call has ended'].map((message) =>
    lines.find(({ msg }) => msg === message)!,
  );
  for (const line of [speaks, fails, ends]) {
    assert.deepEqual([line!['user'], line!['namespace'], line!['event']], ['ann', '/chat', 'say']);
  }
  assert.equal(speaks!['length'], 5);
  assert.equal(fails!['code'], 'too_loud');
  assert.deepEqual([ends!['outcome'], ends!['code'], ends!['id']], ['failed', 'too_loud', fails!['id']]);
  assert.notEqual(speaks!['id'], fails!['id']);

  assert.equal((await fetch(`${url}/metrics`)).status, 403);
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer secret' } });
  const calls = { event: 'say', outcome: 'failed', code: 'too_loud' };
  assert.equal(valueOf(parse(await metrics.text()), 'colloquy_calls_total', calls), 1);
});

describe('the page about operating', () => {
  it('lists the metrics that there are, with their types and labels', async (t) => {
    const { metrics } = await everything(t);
    const documented = tableOf('docs/operating.md', /^## Metrics/).map(([name, type, labels]) => ({
      name: codeWords(name!)[0],
      type: type!.trim(),
      labels: codeWords(labels!),
    }));
    const found = [...metrics].map(([name, { type, series }]) => {
      const labels = new Set(series.flatMap((each) => Object.keys(each.labels)).filter((label) => label !== 'le'));
      return { name, type, labels: [...labels] };
    });
    const sort = (rows: readonly { name: string | undefined }[]) =>
      rows.toSorted((a, b) => (a.name! < b.name! ? -1 : 1));
    assert.deepEqual(sort(documented), sort(found));
  });

  it('lists the channels, with the properties of their messages', async (t) => {
    const told: Everything = await everything(t);
    const rows = tableOf('docs/operating.md', /^## Channels/);
    assert.deepEqual(
      rows.map(([name]) => codeWords(name!)[0]),
      ['call', 'connection', 'emit', 'background', 'bus'].map((name) => `colloquy:${name}`),
    );
    for (const [name, , start, end] of rows) {
      const messages: readonly { readonly type: string }[] =
        told[codeWords(name!)[0]!.replace('colloquy:', '') as keyof Omit<Everything, 'metrics'>];
      const atStart = codeWords(start!);
      const [more, less = ''] = end!.split('; no ');
      const without = codeWords(less);
      const atEnd = [...atStart.filter((each) => !without.includes(each)), ...codeWords(more!)];
      assert.deepEqual(propertiesOf(messages, 'start'), atStart.toSorted(), name);
      assert.deepEqual(propertiesOf(messages, 'end'), atEnd.toSorted(), name);
    }
  });

  it('has alerts whose queries name metrics and labels that there are', async (t) => {
    const queries = [...page.matchAll(/^\s+expr: (.+)$/gm)].map(([, query]) => query!);
    assert.ok(queries.length > 10);
    await checkQueries(t, queries);
  });

  it('has a dashboard whose queries name metrics and labels that there are, and every metric', async (t) => {
    const text = readFileSync(join(root, 'docs/grafana-dashboard.json'), 'utf8');
    const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const metrics = await checkQueries(t, queries);
    const named = new Set(queries.flatMap((query) => namesIn(query)));
    assert.deepEqual(
      [...metrics.keys()].filter((name) => !named.has(name)),
      [],
    );
  });
});

/** The properties of the messages of one type, without the type. */
function propertiesOf(messages: readonly { readonly type: string }[], type: string): string[] {
  const found = messages.filter((message) => message.type === type);
  assert.ok(found.length > 0, type);
  const names = found.map((message) => {
    const own = Object.keys(message);
    return ('id' in message && !own.includes('id') ? [...own, 'id'] : own).filter((name) => name !== 'type');
  });
  for (const each of names) assert.deepEqual(each.toSorted(), names[0]!.toSorted());
  return names[0]!.toSorted();
}

function familyOf(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '');
}

function namesIn(query: string): string[] {
  return [...query.matchAll(/\bcolloquy_\w+/g)].map(([name]) => familyOf(name));
}

/** Labels that Prometheus adds itself. */
const added = new Set(['instance', 'job']);

async function checkQueries(t: TestContext, queries: readonly string[]): Promise<Everything['metrics']> {
  const { metrics } = await everything(t);
  for (const query of queries) {
    const labels = new Set(added);
    for (const [, name, selector = ''] of query.matchAll(/\b(colloquy_\w+)(?:\{([^}]*)\})?/g)) {
      const family = metrics.get(familyOf(name!));
      assert.ok(family, `${name} of ${query} is a metric`);
      const isPart = family.type === 'histogram' && /_(bucket|sum|count)$/.test(name!);
      assert.ok(isPart || metrics.has(name!), `${name} of ${query} is a series`);
      const own = new Set(
        family.series.filter((each) => each.name === name).flatMap((each) => Object.keys(each.labels)),
      );
      for (const label of own) labels.add(label);
      for (const [, label] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) {
        assert.ok(own.has(label!) || added.has(label!), `${label} of ${query} is a label of ${name}`);
      }
    }
    for (const [, names] of query.matchAll(/\b(?:by|on|without) \(([^)]*)\)/g)) {
      for (const label of names!.split(',').map((each) => each.trim())) {
        assert.ok(labels.has(label), `${label} of ${query} is a label`);
      }
    }
    assert.equal([...query].filter((each) => each === '(').length, [...query].filter((each) => each === ')').length);
  }
  return metrics;
}
