/** One connection of the playground: a socket of Socket.IO's own client, and its state for the page. */
import type { Socket, io as connectSocket } from 'socket.io-client';
import type { NamespaceContract } from '../../contract.js';
import type { Book } from '../book.js';

export type Connect = typeof connectSocket;

/** One broken rule, as the server names it. */
export interface Issue {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** A failed call, or a refused connection. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly Issue[];
  readonly details?: unknown;
  readonly id?: string;
}

/** How a call ended. */
export interface Outcome {
  readonly values: readonly unknown[];
  readonly failure: Failure | undefined;
  readonly milliseconds: number;
}

/** Something that happened on a connection. */
export interface Happening {
  readonly kind: 'sent' | 'received' | 'answer' | 'failure' | 'notice';
  readonly name: string;
  readonly values: readonly unknown[];
  /** Answers the server, which asked for it. */
  readonly acknowledge?: (value: unknown) => void;
}

/** The parameters of a connection. */
export interface ConnectionOptions {
  readonly namespace: NamespaceContract;
  /** The path, with its parameters. */
  readonly path: string;
  readonly auth: unknown;
  readonly query: Readonly<Record<string, string>>;
}

/** Callbacks for the events of a connection. */
export interface ConnectionHooks {
  /** The state is another one. */
  readonly changed: () => void;
  /** The transport is another one. */
  readonly upgraded: () => void;
  readonly happened: (happening: Happening) => void;
}

export class Connection {
  status: 'connecting' | 'connected' | 'refused' | 'disconnected' = 'connecting';
  detail = '';
  failure: Failure | undefined;
  readonly #socket: Socket;

  /** @param number counts the connections of the page */
  constructor(
    readonly number: number,
    readonly options: ConnectionOptions,
    book: Book,
    connect: Connect,
    private readonly hooks: ConnectionHooks,
  ) {
    const { path, auth, query } = options;
    this.#socket = connect(location.origin + path, {
      path: socketPath(book),
      // WebSocket first: no upgrade is to be waited for.
      transports: book.socket.transports.toSorted((a, b) => Number(b === 'websocket') - Number(a === 'websocket')),
      tryAllTransports: true,
      auth: auth as Record<string, unknown>,
      query: { ...query },
      forceNew: true,
    });
    this.#listen();
  }

  get name(): string {
    return `#${this.number} ${this.options.path}`;
  }

  /** The transport in use; a connection begins with long-polling and is upgraded. */
  get transport(): string {
    return this.isConnected ? this.#socket.io.engine.transport.name : '';
  }

  get isConnected(): boolean {
    return this.status === 'connected';
  }

  /** Sends an event; resolves with the answer if one is asked for. */
  async send(event: string, args: readonly unknown[], wantsAnswer: boolean): Promise<Outcome | undefined> {
    this.hooks.happened({ kind: 'sent', name: event, values: args });
    if (!wantsAnswer) {
      this.#socket.emit(event, ...args);
      return undefined;
    }
    const begin = performance.now();
    const values = await this.#ask(event, args);
    const milliseconds = Math.round((performance.now() - begin) * 10) / 10;
    const failure = failureOf(values[0]);
    this.hooks.happened({ kind: failure ? 'failure' : 'answer', name: event, values });
    return { values, failure, milliseconds };
  }

  /** Resolves when the server answers, or with a failure when the connection ends before. */
  #ask(event: string, args: readonly unknown[]): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      const lost = (): void =>
        resolve([{ error: { code: 'disconnected', message: 'Disconnected before the answer came.' } }]);
      this.#socket.once('disconnect', lost);
      this.#socket.emit(event, ...args, (...values: unknown[]) => {
        this.#socket.off('disconnect', lost);
        resolve(values);
      });
    });
  }

  connect(): void {
    this.#become('connecting');
    this.#socket.connect();
  }

  disconnect(): void {
    this.#socket.disconnect();
    this.#become('disconnected', 'io client disconnect');
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('connect', () => {
      this.#become('connected', socket.id);
      socket.io.engine.once('upgrade', () => this.hooks.upgraded());
    });
    socket.on('disconnect', (reason) => this.#become('disconnected', reason));
    socket.on('connect_error', (error: Error & { data?: Partial<Failure> }) => {
      const { data } = error;
      const failure =
        data && typeof data.code === 'string' ? ({ message: error.message, ...data } as Failure) : undefined;
      this.#become(socket.active ? 'connecting' : 'refused', error.message, failure);
    });
    socket.onAny((name: string, ...args: unknown[]) => {
      const last = args.at(-1);
      const acknowledge = typeof last === 'function' ? (last as (value: unknown) => void) : undefined;
      const values = acknowledge ? args.slice(0, -1) : args;
      const kind = name === 'exception' ? 'failure' : 'received';
      this.hooks.happened({ kind, name, values, ...(acknowledge ? { acknowledge } : {}) });
    });
  }

  #become(status: Connection['status'], detail = '', failure?: Failure): void {
    if (status === this.status && detail === this.detail) return;
    Object.assign(this, { status, detail, failure });
    const values = failure ? [failure] : detail === '' ? [] : [detail];
    this.hooks.happened({ kind: status === 'refused' ? 'failure' : 'notice', name: status, values });
    this.hooks.changed();
  }
}

/** The path of Engine.IO, as a client gives it: without a slash at its end. */
export function socketPath({ socket }: Book): string {
  return new URL(socket.path, location.href).pathname.replace(/\/$/, '');
}

/** The failure that an answer is, if it is one. */
export function failureOf(value: unknown): Failure | undefined {
  if (typeof value !== 'object' || value === null || !('error' in value)) return undefined;
  const { error } = value;
  const isFailure = typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
  return isFailure ? (error as Failure) : undefined;
}
