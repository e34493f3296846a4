/** A real client that keeps what it is sent until somebody asks for it. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { within } from '../support/wait.js';

/** Connects, and resolves when the server has accepted. The caller disconnects it. */
export async function connect(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<SampleClient> {
  const socket = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
  const client = new SampleClient(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return client;
}

/** The answer of a call that failed. */
export interface Failure {
  readonly error: { readonly code: string };
}

export class SampleClient {
  readonly #arrived: { readonly event: string; readonly value: unknown }[] = [];
  #wake: (() => void) | undefined;

  constructor(readonly socket: Socket) {
    socket.onAny((event: string, value: unknown) => {
      this.#arrived.push({ event, value });
      this.#wake?.();
    });
  }

  /** The first argument of the next event of that name, also of one that came before. Each is given once. */
  async next<T>(event: string, time?: number): Promise<T> {
    for (;;) {
      const index = this.#arrived.findIndex((each) => each.event === event);
      if (index >= 0) return this.#arrived.splice(index, 1)[0]!.value as T;
      await within(new Promise<void>((resolve) => (this.#wake = resolve)), `the event '${event}'`, time);
    }
  }

  /** The events of that name that came and were not asked for. */
  left(event: string): unknown[] {
    return this.#arrived.filter((each) => each.event === event).map(({ value }) => value);
  }

  /** Calls a handler and gives its answer. */
  async call<T>(event: string, ...args: unknown[]): Promise<T> {
    return (await this.socket.timeout(10_000).emitWithAck(event, ...args)) as T;
  }

  leave(): void {
    this.socket.disconnect();
  }
}
