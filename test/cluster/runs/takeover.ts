/**
 * Measures, for each engine, how long nobody holds a lease and whether two hold it at once, when the holder closes, is killed
 * (SIGKILL) and is stopped and continued (SIGSTOP). Four nodes that ask for it, the heartbeats of the engine itself, all engines at
 * once. A node that does not ask begins before them: with `local` it is the relay, and nobody gets the lease of a relay that stands still.
 *
 *     npx tsc -p tsconfig.json && node .build/test/cluster/runs/takeover.js
 */
import { findEngine } from '../../../src/cluster/engines.js';
import { converged, startNode, type TestNode } from '../support/cluster.js';
import { engineNamed } from '../support/engines.js';

interface Span {
  readonly node: TestNode;
  readonly from: number;
  to: number;
}

interface Row {
  readonly engine: string;
  readonly heartbeat: string;
  readonly closed: number;
  readonly killed: number;
  readonly stopped: number;
  /** Milliseconds in which two nodes held it, all three together. */
  readonly together: number;
}

type Kept = { spans: { from: number; to: number }[] };

async function ask(node: TestNode): Promise<void> {
  await node.run(({ link, kept }) => {
    const spans: { from: number; to: number }[] = [];
    kept['spans'] = spans;
    const lease = link.lease('job', { onAcquired: () => void spans.push({ from: Date.now(), to: Date.now() }) });
    // What work would do: it looks, and goes on for as long as the answer is yes.
    setInterval(() => {
      const last = spans.at(-1);
      if (last && lease.held) last.to = Date.now();
    }, 2);
  });
}

const spansOf = async (node: TestNode): Promise<Span[]> =>
  (await node.run(({ kept }) => (kept as unknown as Kept).spans)).map((span) => ({ node, ...span }));

/** A node that is stopped does not end with this process. */
const started: TestNode[] = [];
process.on('exit', () => {
  for (const { child } of started) child?.kill('SIGKILL');
});

/** More than any engine takes. */
const LONGEST = 60_000;

/** The node that gets it after that moment, and when. */
async function next(nodes: readonly TestNode[], after: number): Promise<Span> {
  const end = Date.now() + LONGEST;
  while (Date.now() < end) {
    for (const node of nodes) {
      const span = (await spansOf(node)).find(({ from }) => from >= after);
      if (span) return span;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nobody has had the lease for ${LONGEST / 1000} s`);
}

async function measure(engine: string): Promise<Row> {
  const { url } = await engineNamed(engine).option('x');
  const { heartbeat } = findEngine(url).engine;
  const options = { prefix: `takeover-${process.pid}-${engine}`, heartbeat };
  const start = async (): Promise<TestNode> => {
    const node = await startNode({ engine, role: 'server', options });
    started.push(node);
    return node;
  };
  const relay = await start();
  const nodes = await Promise.all([start(), start(), start(), start()]);
  await converged([relay, ...nodes]);
  await Promise.all(nodes.map(ask));
  const first = await next(nodes, 0);
  const lost: Span[] = [];

  const leave = async (span: Span, how: (node: TestNode) => Promise<unknown>): Promise<[Span, number]> => {
    const others = nodes.filter((node) => node !== span.node && !lost.some((gone) => gone.node === node));
    const left = Date.now();
    await how(span.node);
    const taken = await next(others, left);
    return [taken, taken.from - left];
  };
  lost.push({ ...first, to: Date.now() });
  const [second, closed] = await leave(first, (node) => node.stop());
  lost.push({ ...second, to: Date.now() });
  const [third, killed] = await leave(second, async (node) => node.child?.kill('SIGKILL'));
  const [, stopped] = await leave(third, async (node) => node.child?.kill('SIGSTOP'));
  third.node.child?.kill('SIGCONT');
  const left = nodes.filter((node) => !lost.some((gone) => gone.node === node));
  await converged([relay, ...left]);
  const spans = [...lost, ...(await Promise.all(left.map(spansOf))).flat()].sort((a, b) => a.from - b.from);
  const together = spans.slice(1).reduce((sum, span, at) => sum + Math.max(0, spans[at]!.to - span.from), 0);
  await Promise.all([relay, ...left].map((node) => node.stop()));
  const { interval, timeout } = heartbeat;
  return { engine, heartbeat: `${interval / 1000} s / ${timeout / 1000} s`, closed, killed, stopped, together };
}

const engines = process.argv.slice(2);
const rows = await Promise.all(
  (engines.length > 0 ? engines : ['local', 'redis', 'redis-streams', 'nats', 'rabbitmq', 'postgres']).map(measure),
);
console.log('| engine | heartbeat | nobody after close | after kill -9 | after SIGSTOP | two at once |');
console.log('| --- | --- | ---: | ---: | ---: | ---: |');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
for (const { engine, heartbeat, closed, killed, stopped, together } of rows) {
  console.log(`| ${[engine, heartbeat, ...[closed, killed, stopped].map(seconds), `${together} ms`].join(' | ')} |`);
}
process.exit();
