/**
 * The budgets of one transport: events, bytes and connects in a time. They belong to the transport, so a client cannot renew
 * them by leaving a namespace or by joining another one.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Counters } from '../../base/counters.js';
import type { Limits } from '../../base/limits.js';
import { stopReading, type ReadTransport } from './reading.js';

/** An Engine.IO connection. */
export interface EngineConnection {
  readonly readyState: string;
  readonly transport: ReadTransport;
  [intakeKey]?: Intake;
}

/** The key of an Engine.IO connection's intake. */
const intakeKey: unique symbol = Symbol.for('colloquy:intake') as never;

/** Most events that wait for the rate; one chunk of a transport holds fewer. */
const MOST_DELAYED = 20_000;

/** Returns the intake of a connection, which is made when it is first asked for. */
export function intakeOf(connection: EngineConnection, limits: Limits, counters: Counters): Intake {
  return (connection[intakeKey] ??= new Intake(connection, limits, counters));
}

/** Returns the intake of a connection, if it has one. */
export function knownIntakeOf(connection: object): Intake | undefined {
  return (connection as Partial<EngineConnection>)[intakeKey];
}

/**
 * Milliseconds since this was loaded. V8 keeps a small whole number where it is used, and others in 16 bytes more; it takes a difference
 * of large ones for one of those.
 */
export function clock(): number {
  return Math.floor(Date.now() - loaded);
}

const loaded = Date.now();

export class Intake {
  /** Whether the transport has come to the gate of a namespace, or is in one. */
  isInside = false;
  /** The namespaces that the transport waits to be let into. */
  entering: string[] | undefined;
  /** When its time to join began, by {@link clock}. */
  began = clock();
  #events: number;
  #bytes: number;
  #connects: number;
  #refilled = this.began;
  /** Whether each message is announced by {@link receive}; then the budgets are refilled there. */
  #isFed = false;
  #holds: Set<unknown> | undefined;
  #startReading: (() => void) | undefined;
  #delayed: ((isOpen: boolean) => void)[] | undefined;

  constructor(
    readonly connection: EngineConnection,
    private readonly limits: Limits,
    readonly counters: Counters,
  ) {
    this.#events = budget(limits.eventRate, limits.eventBurst);
    this.#bytes = budget(limits.byteRate, limits.byteBurst);
    this.#connects = budget(limits.connectRate, limits.connectBurst);
  }

  /**
   * Takes the bytes of a message. A client that is over its rate is not read until it is below it again.
   * @param isSameTime whether it came with the message before
   */
  receive(bytes: number, isSameTime = false): void {
    this.#isFed = true;
    if (!isSameTime) this.#refill();
    this.#bytes -= bytes;
    if (this.#bytes >= 0 || this.#holds?.has('bytes')) return;
    this.hold('bytes');
    this.#restWhileOver();
  }

  /** Counts one more event; `false` if the transport sends faster than it may, or others wait before this one. */
  takeEvent(): boolean {
    if (!this.#isFed) this.#refill();
    if (this.#events < 1 || this.#delayed) return false;
    this.#events--;
    return true;
  }

  /** Counts one more attempt to join a namespace; `false` if there were too many. */
  takeConnect(): boolean {
    if (this.#connects < 1) return false;
    this.#connects--;
    return true;
  }

  /** Whether events wait for the rate: later events must not overtake them. */
  get isBehind(): boolean {
    return this.#delayed !== undefined;
  }

  /**
   * Runs an event once the rate allows it, or tells it that the transport has closed, in the async context in which it came. The transport
   * is not read meanwhile.
   * `false` if too many wait.
   */
  delay(run: (isOpen: boolean) => void): boolean {
    if (this.#delayed && this.#delayed.length >= MOST_DELAYED) return false;
    const delayed = AsyncResource.bind(run);
    if (this.#delayed) this.#delayed.push(delayed);
    else {
      this.#delayed = [delayed];
      this.hold('events');
      this.#runLater();
    }
    return true;
  }

  /** Stops reading from the transport until the same reason is released. */
  hold(reason: unknown): void {
    (this.#holds ??= new Set()).add(reason);
    this.#startReading ??= stopReading(this.connection.transport);
  }

  release(reason: unknown): void {
    if (!this.#holds?.delete(reason) || this.#holds.size > 0) return;
    const start = this.#startReading;
    this.#startReading = undefined;
    start?.();
  }

  #restWhileOver(): void {
    const { byteRate } = this.limits;
    setTimeout(
      () => {
        this.#refill();
        if (this.#bytes < 0 && this.connection.readyState === 'open') this.#restWhileOver();
        else this.release('bytes');
      },
      waitFor(-this.#bytes, byteRate),
    ).unref();
  }

  #runLater(): void {
    setTimeout(
      () => {
        this.#refill();
        const delayed = this.#delayed!;
        while (delayed.length > 0 && this.#events >= 1) {
          this.#events--;
          delayed.shift()!(true);
        }
        if (delayed.length > 0 && this.connection.readyState === 'open') return this.#runLater();
        this.#delayed = undefined;
        for (const run of delayed) run(false);
        this.release('events');
      },
      waitFor(1 - this.#events, this.limits.eventRate),
    ).unref();
  }

  #refill(): void {
    const now = clock();
    const seconds = (now - this.#refilled) / 1000;
    this.#refilled = now;
    if (seconds <= 0) return;
    const { eventRate, eventBurst, byteRate, byteBurst, connectRate, connectBurst } = this.limits;
    this.#events = Math.min(budget(eventRate, eventBurst), this.#events + seconds * eventRate);
    this.#bytes = Math.min(budget(byteRate, byteBurst), this.#bytes + seconds * byteRate);
    this.#connects = Math.min(budget(connectRate, connectBurst), this.#connects + seconds * connectRate);
  }
}

function budget(rate: number, burst: number): number {
  return rate === Infinity ? Infinity : burst;
}

/** Milliseconds until a rate has filled what is missing: a second at most, after which is looked again. */
function waitFor(missing: number, rate: number): number {
  return Math.min(1_000, Math.max(1, Math.ceil((missing / rate) * 1_000)));
}
