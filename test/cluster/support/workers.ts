/** A program that runs workers; its options are its first argument, and it tells of itself in lines of JSON. */
import { createServer, type ServerOptions } from 'node:http';
import { Server } from 'socket.io';
import { openAdapter } from '../../../src/cluster/index.js';
import { runWorkers, type WorkersOptions } from '../../../src/cluster/workers/index.js';

interface Options extends Pick<WorkersOptions, 'workers' | 'stickiness'> {
  /** Workers throw when they start, or soon after they are ready. */
  readonly failing?: 'start' | 'soon';
  /** So many messages of its own are sent by a worker to the primary before it is ready. */
  readonly messages?: number;
  /** What happens to workers is thrown over. */
  readonly throwing?: boolean;
  /** Of the HTTP server. */
  readonly server?: ServerOptions;
}

const {
  failing,
  messages = 0,
  throwing = false,
  server = {},
  ...options
} = JSON.parse(process.argv[2] ?? '{}') as Options;
const tell = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);

function onEvent(event: object): void {
  tell(event);
  if (throwing) throw new Error('the listener of events fails, as a test wants it');
}

const workers = await runWorkers(
  async (worker) => {
    if (failing === 'start') throw new Error('this worker does not start, as a test wants it');
    tell({ type: 'starting', pid: process.pid });
    const link = openAdapter({ url: 'local:', heartbeat: { interval: 200, timeout: 1000 } });
    const http = createServer(server);
    const io = new Server(http, { adapter: link.factory });
    let runs = 0;
    io.on('connection', (socket) => {
      socket.emit('pid', process.pid);
      socket.on('everybody', (text: string) => io.emit('everybody', text));
      socket.on('run', (ack: () => void) => {
        runs++;
        ack();
      });
      socket.on('count', (ack: (count: number) => void) => void io.fetchSockets().then((all) => ack(all.length)));
    });
    await link.ready();
    worker.serve(http);
    for (let n = 0; n < messages; n++) process.send?.('ready');
    if (failing === 'soon') setTimeout(() => process.exit(7), 50);
    return async () => {
      await io.close();
      tell({ type: 'closed', pid: process.pid, runs });
    };
  },
  { port: 0, host: '127.0.0.1', ...options, onEvent },
);
if (workers) {
  tell({ type: 'listening', port: workers.port, pids: workers.pids });
  process.on('SIGUSR2', () => tell({ type: 'serving', pids: workers.pids }));
}
