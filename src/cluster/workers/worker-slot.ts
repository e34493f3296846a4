/** Keeps one worker process running. */
import cluster, { type Worker } from 'node:cluster';
import { on, once } from 'node:events';
import type { Socket } from 'node:net';
import type { WorkerEvent } from './types.js';
import { Message, PLACE } from './worker.js';

/** Connections that wait for a worker; more are refused. */
const MAX_WAITING = 1000;
/** A worker that lived for so long (ms) is replaced at once. */
const STABLE = 10_000;
const PAUSE = { first: 100, most: 5000 };

export interface SlotOptions {
  readonly timeout: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly report: (event: WorkerEvent) => void;
}

/** One of the slots for a worker: keeps it filled. */
export class WorkerSlot {
  #worker: Worker | null = null;
  #starting: Worker | null = null;
  #filling: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #failures = 0;
  #waiting: Socket[] = [];
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly number: number,
    private readonly options: SlotOptions,
  ) {}

  get pid(): number | undefined {
    return this.#worker?.process.pid;
  }

  /** Hands a paused connection to the worker, or keeps it until there is one. */
  accept(socket: Socket): void {
    if (this.#worker) this.#worker.send(Message.connection, socket, (error) => error && socket.destroy());
    else if (this.#waiting.length < MAX_WAITING && !this.#stopped) this.#waiting.push(socket);
    else socket.destroy();
  }

  /**
   * Starts a worker and, when it is ready, lets it take this slot.
   * @returns what ends the one that was here
   */
  fill(): Promise<() => Promise<void>> {
    return this.#inTurn(() => this.#fill());
  }

  /** Workers start one after the other, or the second would take the slot from the first, which would never end. */
  #inTurn<T>(fill: () => Promise<T>): Promise<T> {
    const filling = this.#filling.then(fill);
    this.#filling = filling.catch(() => {});
    return filling;
  }

  async #fill(): Promise<() => Promise<void>> {
    if (this.#stopped) throw new Error('no worker is started, as all are told to stop');
    const worker = await this.#start();
    clearTimeout(this.#retry);
    const old = this.#worker;
    if (this.#stopped) await this.#end(worker);
    else this.#worker = worker;
    for (const socket of this.#waiting.splice(0)) this.accept(socket);
    return async () => {
      if (old) await this.#end(old);
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#starting?.process.kill('SIGKILL');
    await this.#filling;
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    if (this.#worker) await this.#end(this.#worker);
  }

  async #start(): Promise<Worker> {
    const worker = cluster.fork({ ...this.options.environment, [PLACE]: String(this.number) });
    this.#starting = worker;
    const pid = worker.process.pid ?? 0;
    const startedAt = performance.now();
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.options.timeout);
    const failed = once(worker, 'exit').then(([code, signal]: (number | string | null)[]) => {
      const how = String(signal ?? code);
      if (this.#worker === worker) this.#replace(pid, how, performance.now() - startedAt);
      throw new Error(`worker ${pid} ended before it was ready: ${how}`);
    });
    try {
      await Promise.race([failed, isReady(worker)]);
    } finally {
      clearTimeout(timer);
      this.#starting = null;
      failed.catch(() => {});
    }
    this.options.report({ type: 'ready', pid });
    return worker;
  }

  async #end(worker: Worker): Promise<void> {
    if (worker === this.#worker) this.#worker = null;
    if (worker.isDead()) return;
    const exited = once(worker, 'exit');
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.options.timeout);
    worker.send(Message.stop, () => {});
    await exited;
    clearTimeout(timer);
    this.options.report({ type: 'stopped', pid: worker.process.pid ?? 0 });
  }

  #replace(pid: number, how: string, lived: number): void {
    this.#worker = null;
    this.#failures = lived > STABLE ? 0 : this.#failures + 1;
    const delay = this.#failures <= 1 ? 0 : Math.min(PAUSE.most, PAUSE.first * 2 ** (this.#failures - 2));
    this.options.report({ type: 'ended', pid, how, delay });
    this.#fillIn(delay);
  }

  /** Fills the slot when that time has passed, unless a reload has done it by then. */
  #fillIn(delay: number): void {
    const fill = async (): Promise<void> => {
      if (!this.#worker) await this.#fill();
    };
    this.#retry = setTimeout(() => {
      this.#inTurn(fill).catch((error: unknown) => {
        if (this.#stopped) return;
        this.#failures++;
        const pause = Math.min(PAUSE.most, PAUSE.first * 2 ** this.#failures);
        this.options.report({ type: 'ended', pid: 0, how: String(error), delay: pause });
        this.#fillIn(pause);
      });
    }, delay);
  }
}

async function isReady(worker: Worker): Promise<void> {
  // `on` keeps what comes meanwhile: several messages that were read at once are emitted without a pause.
  for await (const [message] of on(worker, 'message') as AsyncIterable<unknown[]>) {
    if (message === Message.ready) return;
  }
}
