/** The tables of docs/scaling.md: what is asked of the simulation, and of the arithmetic. */
import { capacity, load, memory } from './arithmetic.js';
import { clients, engines, type EngineName } from './costs.js';
import { measured, type Spread } from './measured.js';
import type { Scenario } from './scenario.js';
import { simulate, type Outcome } from './simulate.js';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** As it stands in a document. */
export function written(name: string, { head, rows }: Table): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [`<!-- table: ${name} -->`, line(head), line(head.map(() => '---:')), ...rows.map(line), ''].join('\n');
}

const MILLION = 1_000_000;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const rounded = (value: number): string => whole(Number(value.toPrecision(2)));

/** 7.4 % or 12 %: two digits. */
const fine = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/** Simulates until some 20,000 messages, or 2 seconds, have passed. */
export function run(scenario: Scenario): Outcome {
  return simulate(scenario, Math.min(2, (20_000 * (scenario.cells ?? 1)) / scenario.messages));
}

/** A million clients in rooms of 20: how the load depends on the number of nodes. */
export function nodesTable(): Table {
  const rows = [25, 50, 100, 200].map((nodes) => {
    const scenario: Scenario = { engine: 'redis', nodes, connections: MILLION, room: 20, messages: 10_000 };
    const { node, busiest, broker, half, most } = run(scenario);
    const gigabytes = (memory(scenario) / 1e9).toFixed(2);
    return [
      nodes,
      whole(MILLION / nodes),
      gigabytes,
      percent(node),
      percent(busiest),
      percent(broker),
      half.toFixed(2),
      most.toFixed(2),
    ];
  });
  return {
    head: ['nodes', 'clients each', 'GB each', 'node', 'busiest', 'broker', 'half ms', '99 % ms'],
    rows,
  };
}

/** How many messages a second each engine carries, in rooms of 20 with 1,000 clients a node. */
export function enginesTable(): Table {
  const rows = (Object.keys(engines) as EngineName[]).map((engine) => {
    const cells = [2, 10, 100].flatMap((nodes) => {
      if (engine === 'local' && nodes > 10) return ['–', '–'];
      const { messages, first } = capacity({ engine, nodes, connections: nodes * 1000, room: 20 });
      return [rounded(messages), first];
    });
    return [engine, ...cells];
  });
  return { head: ['engine', '2 nodes', 'ends at', '10 nodes', 'ends at', '100 nodes', 'ends at'], rows };
}

/** A million clients on 100 nodes at 50,000 messages a second: what cells do. */
export function cellsTable(): Table {
  const rows = [1, 2, 5, 10, 20].map((cells) => {
    const scenario: Scenario = { engine: 'redis', nodes: 100, connections: MILLION, room: 20, messages: 50_000, cells };
    const { node, broker, most } = run(scenario);
    const over = Math.max(node, broker) >= 1;
    return [
      cells,
      100 / cells,
      percent(node),
      percent(broker),
      over ? '–' : most.toFixed(2),
      rounded(capacity(scenario).messages),
    ];
  });
  return { head: ['cells', 'nodes in each', 'node', 'broker', '99 % ms', 'messages/s at half a core'], rows };
}

/** One message to all of a million clients, and all of them coming back. */
export function everybodyTable(): Table {
  const rows = [25, 50, 100, 200].map((nodes) => {
    const scenario: Scenario = { engine: 'redis', nodes, connections: MILLION, room: MILLION, messages: 0.1 };
    const { half } = simulate(scenario, 100);
    return [nodes, whole(half), (((MILLION / nodes) * clients.connect) / 1e6).toFixed(1)];
  });
  return { head: ['nodes', 'ms until the last one has it', 's of CPU when all reconnect'], rows };
}

const percents = ([least, , most]: Spread): string =>
  `${Number((least * 100).toPrecision(2))} – ${Number((most * 100).toPrecision(2))}`;

/** The CPU of clusters that were measured: the median and the range of the runs, what is reckoned, and their ratio. */
export function wholeTable(of = measured): Table {
  const compare = (spread: Spread, reckoned: number): string[] => [
    fine(spread[1]),
    percents(spread),
    fine(reckoned),
    (spread[1] / reckoned).toFixed(1),
  ];
  const rows = of.map(({ scenario, node, broker }) => {
    const { engine, nodes, messages } = scenario;
    const reckoned = load(scenario);
    const cells = [engine, nodes, whole(messages)];
    // Over `local:` the work of the broker is done by one of the nodes.
    return engine === 'local'
      ? [...cells, ...compare(node, reckoned.node + reckoned.broker / nodes), '–', '–', '–', '–']
      : [...cells, ...compare(node, reckoned.node), ...compare(broker, reckoned.broker)];
  });
  const columns = ['runs', 'reckoned', 'ratio'];
  return { head: ['engine', 'nodes', 'messages/s', 'node', ...columns, 'broker', ...columns], rows };
}

/** How long messages of these clusters took, and take in the simulation: milliseconds. */
export function delaysTable(of = measured): Table {
  const show = ([least, median, most]: Spread): string[] => [
    median.toFixed(1),
    `${least.toFixed(1)} – ${most.toFixed(1)}`,
  ];
  const rows = of.map(({ scenario, half, most }) => {
    const { engine, nodes, messages } = scenario;
    const simulated = simulate(scenario, 20_000 / messages);
    const halves = [...show(half), simulated.half.toFixed(1)];
    return [engine, nodes, whole(messages), ...halves, ...show(most), simulated.most.toFixed(1)];
  });
  const columns = ['runs', 'simulated'];
  return { head: ['engine', 'nodes', 'messages/s', 'half', ...columns, '99 %', ...columns], rows };
}

export const tables: Readonly<Record<string, () => Table>> = {
  nodes: nodesTable,
  engines: enginesTable,
  cells: cellsTable,
  everybody: everybodyTable,
  whole: wholeTable,
  delays: delaysTable,
};
