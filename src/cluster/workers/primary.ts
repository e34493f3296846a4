/** The primary process of `runWorkers`. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { openRelay } from '../index.js';
import type { WorkerEvent, Workers } from './types.js';
import { WorkerSlot } from './worker-slot.js';

export interface PrimaryOptions {
  readonly host: string | undefined;
  readonly port: number;
  readonly count: number;
  readonly stickiness: 'none' | 'address';
  readonly timeout: number;
  readonly report: (event: WorkerEvent) => void;
}

/** The primary process: listens, hands connections on, keeps the workers, and relays for their adapter `local:`. */
export class Primary implements Workers {
  #slots: WorkerSlot[] = [];
  #next = 0;
  #reloading: Promise<void> = Promise.resolve();
  #relay: ReturnType<typeof openRelay> | undefined;
  #listening: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  readonly #server: Server;
  readonly #onHangup = (): void => void this.reload().catch((error: unknown) => console.error(error));
  readonly #onTerminate = (): void => void this.stop();

  constructor(private readonly options: PrimaryOptions) {
    // Paused, so that the first bytes of a client are read by the worker and not lost here.
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.options.port;
  }

  get pids(): readonly number[] {
    return this.#slots.map((slot) => slot.pid).filter((pid) => pid !== undefined);
  }

  async start(): Promise<void> {
    // Before anything is started: a signal may come at any moment.
    process.on('SIGHUP', this.#onHangup).on('SIGTERM', this.#onTerminate).on('SIGINT', this.#onTerminate);
    try {
      await this.#open();
    } catch (error) {
      // What a stop interrupts has not failed.
      const isStopped = this.#stopping !== undefined;
      await this.stop();
      if (!isStopped) throw error;
    }
  }

  async #open(): Promise<void> {
    const { timeout, report, count } = this.options;
    const { environment } = await (this.#relay = openRelay(randomBytes(16).toString('hex')));
    if (this.#stopping) return;
    const options = { timeout, report, environment };
    this.#slots = Array.from({ length: count }, (_, number) => new WorkerSlot(number, options));
    await Promise.all(this.#slots.map((slot) => slot.fill()));
    if (this.#stopping) return;
    this.#server.listen(this.options.port, this.options.host);
    await (this.#listening = once(this.#server, 'listening'));
  }

  reload(): Promise<void> {
    const reloading = this.#reloading.then(() => this.#refill());
    this.#reloading = reloading.catch(() => {});
    return reloading;
  }

  /** The old workers stop only when all new ones are ready, or their clients might come to another old one. */
  async #refill(): Promise<void> {
    const ends: (() => Promise<void>)[] = [];
    try {
      for (const slot of this.#slots) ends.push(await slot.fill());
    } finally {
      await Promise.all(ends.map((end) => end()));
    }
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    await this.#listening.catch(() => {});
    this.#server.close();
    await Promise.all(this.#slots.map((slot) => slot.stop()));
    // It ends the workers that have left their places.
    await this.#reloading;
    await this.#relay?.then((relay) => relay.close()).catch(() => {});
    process.off('SIGHUP', this.#onHangup).off('SIGTERM', this.#onTerminate).off('SIGINT', this.#onTerminate);
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const { count, stickiness } = this.options;
    const at = stickiness === 'address' ? hash(socket.remoteAddress ?? '') : this.#next++;
    this.#slotFor(at % count, stickiness === 'none')?.accept(socket);
  }

  /** With no stickiness, a slot without a worker is passed over. */
  #slotFor(at: number, mayMove: boolean): WorkerSlot | undefined {
    const ordered = [...this.#slots.slice(at), ...this.#slots.slice(0, at)];
    return (mayMove ? ordered.find((slot) => slot.pid !== undefined) : undefined) ?? ordered[0];
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
