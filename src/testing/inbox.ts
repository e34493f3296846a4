/** The events that a client has received: kept in order, and taken by tests that wait for them. */
import { clearTimeout, setTimeout } from 'node:timers';
import { inspect } from 'node:util';

/** An event that a client received. */
export interface Received {
  readonly event: string;
  readonly args: readonly unknown[];
  /** Answers the server, if it asked for an acknowledgement. */
  readonly ack: ((...values: unknown[]) => void) | undefined;
}

interface Waiter {
  readonly event: string;
  take(received: Received): void;
  fail(error: Error): void;
}

export class Inbox {
  readonly all: Received[] = [];
  #untaken: Received[] = [];
  readonly #waiters = new Set<Waiter>();

  add(event: string, values: readonly unknown[]): void {
    const last = values.at(-1);
    const ack = typeof last === 'function' ? (last as Received['ack']) : undefined;
    const received = { event, args: ack ? values.slice(0, -1) : values, ack };
    this.all.push(received);
    for (const waiter of this.#waiters) if (waiter.event === event) return waiter.take(received);
    this.#untaken.push(received);
  }

  /** Takes the first event that matches and was not taken yet. */
  take(event: string, fits: (received: Received) => boolean = () => true): Received | undefined {
    const index = this.#untaken.findIndex((each) => each.event === event && fits(each));
    return index < 0 ? undefined : this.#untaken.splice(index, 1)[0];
  }

  /** The events that were not taken yet, of one name or of all. */
  untaken(event?: string): Received[] {
    return this.#untaken.filter((each) => event === undefined || each.event === event);
  }

  /** @throws Error when it does not come in time */
  async next(event: string, timeout: number): Promise<Received> {
    return this.take(event) ?? (await this.#wait(event, timeout));
  }

  clear(): void {
    this.all.length = 0;
    this.#untaken = [];
  }

  /** Ends all waiting. */
  close(): void {
    for (const waiter of this.#waiters) {
      waiter.fail(new Error(`The application was closed before '${waiter.event}' came.`));
    }
  }

  /** The events that arrived, as text. */
  describe(): string {
    if (this.all.length === 0) return 'Nothing was received.';
    const lines = this.all.map(({ event, args }) => `  ${event} ${inspect(args, { breakLength: Infinity, depth: 4 })}`);
    return `Received so far:\n${lines.join('\n')}`;
  }

  #wait(event: string, timeout: number): Promise<Received> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        event,
        take: (received) => {
          end();
          resolve(received);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const timer = setTimeout(
        () => waiter.fail(new Error(`No '${event}' within ${timeout} ms. ${this.describe()}`)),
        timeout,
      );
      this.#waiters.add(waiter);
    });
  }
}
