/** A client of a test: the real one of Socket.IO, with a record of the events that it receives. */
import { AssertionError } from 'node:assert';
import type { Socket } from 'socket.io-client';
import { CallError, unwrap } from '../client/index.js';
import type { Activity, WaitOptions } from './activity.js';
import { ConnectError } from './connect-error.js';
import { Inbox, type Received } from './inbox.js';
import { matchesAll } from './matching.js';

/** The part of the application under test that a client needs. */
export interface ClientHost {
  readonly activity: Activity;
  /** Finds the error behind an `internal` answer, by the id in the answer. */
  causeOf(id: unknown): unknown;
  /** Is called with every client, so that it is closed with the application. */
  adopt(client: TestClient): void;
}

/** The client that `app.connect` returns: it calls, waits for events, disconnects and connects again. */
export class TestClient {
  readonly #inbox = new Inbox();
  readonly #host: ClientHost;
  #reason: string | undefined;

  /** @param socket socket.io-client's own, for whatever is not offered here */
  constructor(
    readonly socket: Socket,
    host: ClientHost,
  ) {
    this.#host = host;
    socket.onAny((event: string, ...args: unknown[]) => this.#inbox.add(event, args));
    socket.on('connect', () => (this.#reason = undefined));
    socket.on('disconnect', (reason) => (this.#reason = reason));
    host.adopt(this);
  }

  /** The id that the server knows the socket by; `undefined` while it is not connected. */
  get id(): string | undefined {
    return this.socket.id;
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  /** Whether the last connection continued the one before, see Socket.IO's connection state recovery. */
  get recovered(): boolean {
    return this.socket.recovered === true; // undefined until the first connection was recovered
  }

  /** All events that have arrived, in their order. */
  get received(): readonly Received[] {
    return this.#inbox.all;
  }

  /** The arguments of each event of that name. */
  receivedOf(event: string): readonly (readonly unknown[])[] {
    return this.#inbox.all.filter((each) => each.event === event).map(({ args }) => args);
  }

  /** Forgets the events that were received. */
  clear(): void {
    this.#inbox.clear();
  }

  /** Sends an event without asking for an acknowledgement. */
  emit(event: string, ...args: unknown[]): this {
    this.socket.emit(event, ...args);
    return this;
  }

  /**
   * Sends an event and returns the answer.
   * @throws CallError if the answer is an error; its `cause` is the error that the handler threw, if that stayed inside
   */
  async call<T = unknown>(event: string, ...args: unknown[]): Promise<T> {
    const answer: unknown = await this.socket.emitWithAck(event, ...args);
    try {
      return unwrap<T>(answer);
    } catch (error) {
      if (error instanceof CallError && error.id !== undefined) error.cause = this.#host.causeOf(error.id);
      throw error;
    }
  }

  /**
   * Returns the arguments of the next event of that name: the first one that was not given or expected before, even if it
   * has arrived already.
   * @throws Error when none comes within a second, or `timeout` milliseconds
   */
  async next<T extends readonly unknown[] = unknown[]>(
    event: string,
    { timeout = 1_000 }: WaitOptions = {},
  ): Promise<T> {
    return (await this.#inbox.next(event, timeout)).args as T;
  }

  /**
   * Waits until the application has settled, if it has to, for an event of that name that was not given or expected before.
   *
   * @param expected the event's arguments: equal values, functions that say whether an argument fits, or matchers of jest
   * and vitest; without any, all fit
   * @returns the arguments
   * @throws AssertionError that lists the events received instead
   */
  async expectEmitted<T extends readonly unknown[] = unknown[]>(event: string, ...expected: unknown[]): Promise<T> {
    const fits = ({ args }: Received): boolean => matchesAll(expected, args);
    let found = this.#inbox.take(event, fits);
    if (!found) {
      await this.#host.activity.settled();
      found = this.#inbox.take(event, fits);
    }
    if (found) return found.args as T;
    const what = expected.length > 0 ? ' that fits' : '';
    throw this.#failure(`Expected '${event}'${what}. ${this.#inbox.describe()}`, expected);
  }

  /**
   * Waits until the application has settled, then makes sure that no event, or none of that name, has arrived but those
   * that were given or expected before.
   * @throws AssertionError that lists the events received
   */
  async expectNothing(event?: string): Promise<void> {
    await this.#host.activity.settled();
    if (this.#inbox.untaken(event).length === 0) return;
    const what = event === undefined ? 'nothing' : `no '${event}'`;
    throw this.#failure(`Expected ${what}. ${this.#inbox.describe()}`, []);
  }

  /**
   * Connects to another namespace over the same connection.
   * @throws ConnectError if the connection is refused
   */
  connect(namespace: string, options: { readonly auth?: Readonly<Record<string, unknown>> } = {}): Promise<TestClient> {
    return connected(new TestClient(this.socket.io.socket(namespace, options), this.#host));
  }

  /** Leaves the namespace; resolves when the server has seen it. */
  async disconnect(): Promise<void> {
    this.socket.disconnect();
    await this.#host.activity.delivered();
  }

  /** Resolves when the client is not connected any more, with the reason as Socket.IO names it. */
  async disconnected(): Promise<string> {
    if (this.#reason !== undefined) return this.#reason;
    return new Promise((resolve) => this.socket.once('disconnect', resolve));
  }

  /**
   * Connects again after the connection has ended.
   * @throws ConnectError if the connection is refused
   */
  async reconnect(): Promise<void> {
    await this.disconnected();
    this.socket.connect();
    await connected(this);
  }

  /** Resolves when the client is connected. */
  async ready(): Promise<void> {
    if (this.socket.connected) return;
    await new Promise<void>((resolve, reject) => {
      const accepted = (): void => {
        this.socket.off('connect_error', refused);
        resolve();
      };
      const refused = (error: Error & { data?: Readonly<Record<string, unknown>> }): void => {
        this.socket.off('connect', accepted);
        this.socket.disconnect();
        reject(new ConnectError(error.message, error.data, { cause: this.#host.causeOf(error.data?.['id']) ?? error }));
      };
      this.socket.once('connect', accepted);
      this.socket.once('connect_error', refused);
    });
  }

  /** Ends all waiting; the application does it when it closes. */
  close(): void {
    this.#inbox.close();
  }

  #failure(message: string, expected: unknown): AssertionError {
    return new AssertionError({ message, expected, actual: this.#inbox.all });
  }
}

/** Returns the client when it is connected. */
export async function connected(client: TestClient): Promise<TestClient> {
  await client.ready();
  return client;
}
