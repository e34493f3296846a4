/** All background work of an application: started at boot and with clients, stopped with the last one and at shutdown. */
import type { Namespace, Server, Socket } from 'socket.io';
import type { Logger } from '../base/log.js';
import type { BackgroundPlan, NamespacePlan } from '../controllers/plan/types.js';
import { alwaysHeld, type Lease } from './lease.js';
import { Work } from './rounds.js';

export interface BackgroundSetup {
  /** The server of the application. */
  readonly io: Server;
  readonly log: Logger;
  /** Decides which process runs work that runs once in a cluster; this process unless given. */
  readonly lease: Lease | undefined;
  /** The Socket.IO namespace of a declared path. */
  readonly namespaceOf: (path: string | RegExp) => Namespace;
}

export class BackgroundWork {
  readonly #works: readonly Work[];
  readonly #crowds: readonly Crowd[];
  readonly #watched = new Set<string>();
  #stopped = false;

  constructor(
    plans: readonly BackgroundPlan[],
    private readonly options: BackgroundSetup,
  ) {
    this.#works = plans.map((plan) => new Work(plan, options.lease ?? alwaysHeld, options.log, options.io));
    this.#crowds = this.#works
      .filter(({ plan }) => plan.start === 'first-client')
      .map((work) => new Crowd(work, () => this.#stopped));
  }

  /** Counts the clients of the namespaces; those that are counted already stay so. */
  watch(namespaces: readonly NamespacePlan[]): void {
    for (const { path } of namespaces) {
      const key = String(path);
      if (this.#watched.has(key)) continue;
      this.#watched.add(key);
      for (const crowd of this.#crowds) if (crowd.counts(key)) crowd.watch(this.options.namespaceOf(path));
    }
  }

  /** Starts what starts at boot. */
  start(): void {
    if (this.#stopped) return;
    for (const work of this.#works) if (work.plan.start === 'boot') work.start();
  }

  /** The work that is called again and again, and runs now. */
  get rounds(): Work[] {
    return this.#works.filter(({ round }) => round !== undefined);
  }

  /** Fires all signals; resolves when all work has ended, or `time` milliseconds have passed. */
  async stop(time: number): Promise<void> {
    this.#stopped = true;
    const running = new Set(this.#works);
    const ended = this.#works.map((work) => work.stop('the application stops').then(() => running.delete(work)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, time)));
    await Promise.race([Promise.all(ended), late]);
    clearTimeout(timer);
    for (const { plan } of running) {
      this.options.log.warn({ work: plan.label, time }, 'background work did not end although its signal has fired');
    }
  }
}

/** The clients that one piece of work is done for. */
class Crowd {
  #size = 0;

  constructor(
    private readonly work: Work,
    private readonly isOver: () => boolean,
  ) {}

  counts(path: string): boolean {
    const { paths } = this.work.plan;
    return !paths || paths.some((each) => String(each) === path);
  }

  watch(namespace: Namespace): void {
    namespace.on('connection', (socket: Socket) => {
      if (this.#size++ === 0 && !this.isOver()) this.work.start();
      socket.once('disconnect', this.#left);
    });
  }

  readonly #left = (): void => {
    if (--this.#size === 0 && this.work.plan.stop === 'last-client') void this.work.stop('the last client is gone');
  };
}
