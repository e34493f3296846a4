/** A node of `local:` in a process or thread of whatever kind starts it; it tells how many nodes it sees. */
import cluster from 'node:cluster';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { openAdapter } from '../../../src/cluster/index.js';

const program = fileURLToPath(import.meta.url);
const [kind = '', prefix = ''] = process.argv.slice(2);

/** What the first process writes: a line for each change. */
interface Fact {
  readonly id: number;
  readonly nodes: number;
  readonly state: string;
}

async function beNode(name: string, tell: (fact: Fact) => void): Promise<void> {
  const link = openAdapter({ url: 'local:', prefix: name, heartbeat: { interval: 100, timeout: 1000 } });
  await link.ready();
  let last = '';
  setInterval(() => {
    const { nodes, state } = link.health();
    if (last === `${nodes} ${state}`) return;
    last = `${nodes} ${state}`;
    tell({ id: parentPort ? threadId : process.pid, nodes, state });
  }, 20);
}

const write = (fact: unknown): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);

if (parentPort) {
  await beNode((workerData as { prefix: string }).prefix, (fact) => parentPort!.postMessage(fact));
} else if (kind === 'node' || cluster.isWorker) {
  process.on('disconnect', () => process.exit(0));
  await beNode(cluster.isWorker ? (process.env['ISLAND'] ?? '') : prefix, (fact) => process.send?.(fact));
} else {
  const starts: Record<string, () => { on(event: 'message', listener: (fact: unknown) => void): unknown }> = {
    cluster: () => cluster.fork({ ISLAND: prefix }),
    child_process: () => fork(program, ['node', prefix]),
    worker_threads: () => new Worker(program, { workerData: { prefix } }),
  };
  for (let n = 0; n < 4; n++) {
    const started = starts[kind]!();
    started.on('message', write);
    // A thread ends when the test says its number.
    if (started instanceof Worker) {
      process.on('message', (id) => id === started.threadId && void started.terminate());
    }
  }
}
