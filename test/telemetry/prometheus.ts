/** A reader of Prometheus' text format 0.0.4 that accepts nothing else. */
import assert from 'node:assert/strict';

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly type: string;
  readonly help: string;
  readonly series: readonly Series[];
}

/** @throws AssertionError that says which line is wrong, and why */
export function parse(text: string): Map<string, Metric> {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const metrics = new Map<string, { type: string; help: string; series: Series[] }>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      assert.ok(!metrics.has(name!), `${name} stands once`);
      metrics.set((current = name!), { type: '', help: rest!, series: [] });
    } else if (keyword === 'TYPE') {
      assert.equal(name, current, line);
      assert.match(rest!, /^(counter|gauge|histogram)$/, line);
      metrics.get(current)!.type = rest!;
    } else metrics.get(current)!.series.push(parseSeries(line, current, metrics.get(current)!.type));
  }
  for (const [name, metric] of metrics) check(name, metric);
  return metrics;
}

function parseSeries(line: string, family: string, type: string): Series {
  const [, name, labels = '', value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  assert.ok(name !== undefined, `a line is not of the format: ${line}`);
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  assert.ok(
    suffixes.some((suffix) => name === family + suffix),
    `${line} is below ${family}`,
  );
  return { name, labels: parseLabels(labels, line), value: parseValue(value!, line) };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const [whole, label, value, end] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(,|$)/.exec(rest) ?? [];
    assert.ok(whole !== undefined, `the labels of a line are not of the format: ${line}`);
    assert.ok(!(label! in labels), `a label stands twice: ${line}`);
    labels[label!] = value!.replace(/\\([\\n"])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length);
    assert.ok(end === '' || rest !== '', `a comma too many: ${line}`);
  }
  return labels;
}

function parseValue(text: string, line: string): number {
  if (text === 'NaN') return NaN;
  if (/^[+-]Inf$/.test(text)) return text === '+Inf' ? Infinity : -Infinity;
  assert.match(text, /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, line);
  return Number(text);
}

/** The rules of names, and that the buckets of histograms grow up to their count. */
function check(name: string, { type, help, series }: Metric): void {
  assert.ok(type, `${name} has a type`);
  assert.ok(help.endsWith('.'), `${name} is explained`);
  assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
  const keys = series.map(({ name: of, labels }) => JSON.stringify([of, labels]));
  assert.equal(new Set(keys).size, keys.length, `${name} has no series twice`);
  if (type === 'counter') assert.ok(series.every(({ value }) => value >= 0));
  if (type !== 'histogram') return;
  const groups = new Map<string, Series[]>();
  for (const each of series) {
    const { le: _, ...rest } = each.labels;
    const key = JSON.stringify(rest);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((each) => each.name.endsWith('_bucket'));
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    );
    assert.equal(bounds.at(-1), Infinity);
    const counts = buckets.map(({ value }) => value);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.equal(group.find((each) => each.name.endsWith('_count'))!.value, counts.at(-1));
    assert.ok(group.some((each) => each.name.endsWith('_sum')));
  }
}

/** The value of the one series with these labels, among others that it may have; `undefined` if there is none. */
export function valueOf(
  metrics: ReadonlyMap<string, Metric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
  const found = family?.series.filter(
    (each) => each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
  return found?.length ? found.reduce((sum, { value }) => sum + value, 0) : undefined;
}
