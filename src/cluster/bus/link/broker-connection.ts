/** Keeps a session with the broker open, and sends through it. */
import { AdapterError, asError } from '../../errors.js';
import type { Session, SessionEvents, Transport } from '../../transports/transport.js';
import type { AdapterState } from '../../types.js';
import { Startup, type StartupPolicy } from './startup.js';
import { within } from './within.js';

const CONNECT_TIMEOUT = 5000;
/** The last attempt to start is not cut shorter than this, so that it can tell what is wrong. */
const SHORTEST_ATTEMPT = 1000;
/** A broker that hangs does not hold up closing for longer. */
const CLOSE_TIMEOUT = 2000;
const RETRY = { first: 20, most: 2000 };

export interface ConnectionEvents {
  frame(bytes: Buffer): void;
  up(): void;
  down(): void;
  /** Frames that the session accepted did not reach the broker. */
  lost(frames: number): void;
  changed(): void;
}

/**
 * Keeps one {@link Session} of a transport open: a broken one is thrown away and a new one made, with a growing pause.
 */
export class BrokerConnection {
  state: AdapterState = 'connecting';
  reason: string | undefined;
  /** When the broker was last asked for a sign of life that it gave, or when the connection came up. */
  answeredAt = 0;
  /** Settles with the first session, or when the start-up policy gives up. */
  readonly first: Promise<void>;

  #session: Session | null = null;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;
  /** Null once there was a session. */
  #startup: Startup | null;
  #settle!: { resolve: () => void; reject: (error: AdapterError) => void };

  constructor(
    private readonly transport: Transport,
    private readonly policy: StartupPolicy,
    private readonly events: ConnectionEvents,
  ) {
    this.first = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.first.catch(() => {});
    this.#startup = new Startup(transport.engine, policy);
    void this.#open();
  }

  /** The session, while it is usable. */
  get session(): Session | null {
    return this.state === 'up' ? this.#session : null;
  }

  /** Whether the broker has a subscriber for that node; true when it cannot be asked. */
  async probe(uid: string): Promise<boolean> {
    if (this.state !== 'up' || !this.#session) return true;
    return this.#session.probe(uid).catch(() => true);
  }

  /** Drops the present session if the broker says nothing on it for so many milliseconds, whatever it is asked. */
  async check(uid: string, timeout: number): Promise<void> {
    const { session } = this;
    if (!session) return;
    // A refusal is a sign of life too; what breaks says so by itself.
    const sign = session.probe(uid).catch(() => {});
    const asked = performance.now();
    try {
      await within(timeout, sign);
      this.answeredAt = asked;
    } catch (silence) {
      if (session === this.session) this.#broken(session, asError(silence));
    }
  }

  /** Drops the present session, as if it had broken. */
  reset(reason: string): void {
    const session = this.#session;
    if (session) this.#broken(session, new Error(reason));
  }

  /** The session broke while it was used. */
  broke(session: Session, error: unknown): void {
    if (session === this.#session) this.#broken(session, asError(error));
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    clearTimeout(this.#retry);
    const session = this.#session;
    this.#session = null;
    this.#change('closed', undefined);
    this.#settle.reject(new AdapterError('unreachable', 'The adapter was closed'));
    const closing = Promise.allSettled([session?.close()]).then(() => this.transport.stop?.());
    await within(CLOSE_TIMEOUT, closing).catch(() => {});
  }

  async #open(): Promise<void> {
    let session: Session | undefined;
    const early: unknown[] = [];
    const events = this.#eventsOf(
      () => session,
      (reason) => early.push(reason),
    );
    const connecting = this.transport.connect(events);
    try {
      const timeLeft = Math.max(SHORTEST_ATTEMPT, this.#startup?.timeLeft() ?? Infinity);
      session = await within(Math.min(CONNECT_TIMEOUT, timeLeft), connecting);
    } catch (error) {
      // One that comes too late is of no use.
      connecting.then((late) => late.close()).catch(() => {});
      return this.#failed(asError(error));
    }
    if (this.state === 'closed') return void session.close().catch(() => {});
    this.#session = session;
    if (early.length > 0) {
      this.#session = null;
      void session.close().catch(() => {});
      return this.#failed(asError(early[0]));
    }
    this.#attempt = 0;
    this.#startup = null;
    this.#up();
    this.#settle.resolve();
  }

  #eventsOf(session: () => Session | undefined, early: (reason: unknown) => void): SessionEvents {
    const current = (): boolean => this.#session !== null && this.#session === session();
    return {
      frame: (bytes) => {
        if (this.state !== 'closed') this.events.frame(bytes);
      },
      closed: (reason) => {
        const known = session();
        if (!known) early(reason);
        else if (current()) this.#broken(known, asError(reason));
      },
      blocked: (reason) => {
        if (!current()) return;
        if (reason === null) this.#up();
        else this.#away('blocked', reason);
      },
      lost: (frames) => {
        if (current()) this.events.lost(frames);
      },
    };
  }

  #up(): void {
    this.answeredAt = performance.now();
    this.#change('up', undefined);
    this.events.up();
  }

  #away(state: 'blocked' | 'down', reason: string): void {
    const was = this.state;
    this.#change(state, reason);
    if (was === 'up') this.events.down();
  }

  #broken(session: Session, error: Error): void {
    this.#session = null;
    void session.close().catch(() => {});
    // The next attempt is planned first: an observer that throws must not prevent it.
    this.#again();
    this.#away('down', error.message);
  }

  #failed(error: Error): void {
    if (this.state === 'closed') return;
    const verdict = this.#startup?.verdict(error, this.#pause());
    if (verdict) {
      this.#settle.reject(verdict);
      return void this.close();
    }
    if (this.policy.startup === 'degraded') this.#settle.resolve();
    this.#away('down', error.message);
    this.#again();
  }

  #pause(): number {
    return Math.min(RETRY.most, RETRY.first * 2 ** this.#attempt);
  }

  #again(): void {
    if (this.state === 'closed') return;
    clearTimeout(this.#retry);
    const pause = this.#pause() * (0.75 + Math.random() / 2);
    this.#attempt++;
    this.#retry = setTimeout(() => void this.#open(), pause);
  }

  #change(state: AdapterState, reason: string | undefined): void {
    this.state = state;
    this.reason = reason;
    this.events.changed();
  }
}
