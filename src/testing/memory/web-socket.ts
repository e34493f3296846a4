/** A pair of WebSockets joined in memory. */
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Traffic } from './traffic.js';

const states = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] as const;
export const CONNECTING = 0;
const [OPEN, CLOSING, CLOSED] = [1, 2, 3] as const;

/** Closed without a status code, and closed without a closing handshake: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const TOO_BIG = 1009;

type Sent = (error?: Error) => void;

/** The events that the `on…` attributes receive: the fields of the DOM's events that Engine.IO reads or passes on. */
export interface WebSocketEvent {
  type: 'open' | 'message' | 'error' | 'close';
  target: MemoryWebSocket;
  data?: string | Buffer;
  message?: string;
  error?: Error;
  code?: number;
  wasClean?: boolean;
}

/**
 * One end of a WebSocket connection without a network. It has the part of the `WebSocket` of the package `ws` that Engine.IO's
 * own transports use: the events `message`, `error` and `close` on the server, the `on…` attributes on the client.
 */
export class MemoryWebSocket extends EventEmitter {
  readyState: 0 | 1 | 2 | 3 = CONNECTING;
  binaryType = 'nodebuffer';
  onopen: ((event: WebSocketEvent) => void) | null = null;
  onmessage: ((event: WebSocketEvent) => void) | null = null;
  onerror: ((event: WebSocketEvent) => void) | null = null;
  onclose: ((event: WebSocketEvent) => void) | null = null;
  /** Bytes given to `send` that the other end does not take yet, because it is paused. */
  bufferedAmount = 0;

  /** The connection below. Engine.IO reads the client's address from it. */
  readonly _socket: Duplex;
  readonly #traffic: Traffic;
  readonly #maxPayload: number;
  readonly #decided: () => void;
  /** Each end keeps the async context it was made in: the sender's must not reach the receiver's listeners. */
  readonly #context = new AsyncResource('MemoryWebSocket');
  #peer: MemoryWebSocket | undefined;
  #paused = false;
  #backlog: (() => void)[] = [];

  /** @param maxPayload bytes that a message to this end may have; 0 is no limit */
  constructor(socket: Duplex, traffic: Traffic, maxPayload = 0) {
    super();
    this._socket = socket;
    this.#traffic = traffic;
    this.#maxPayload = maxPayload;
    this.#decided = traffic.begin();
    this.on('error', () => {}); // an error that nobody listens for must not be thrown
  }

  /** Makes `client` and `server` the two ends of one open connection. The server's is open at once. */
  static join(client: MemoryWebSocket, server: MemoryWebSocket): void {
    client.#peer = server;
    server.#peer = client;
    server.#open();
    client.#deliver(() => client.#open());
  }

  /** Sends a copy of `data`; `sent` is called when it is under way. Fails as `ws` does when the connection is not open. */
  send(data: string | ArrayBufferView | ArrayBuffer, options?: object | Sent, sent?: Sent): void {
    if (this.readyState === CONNECTING) throw new Error('WebSocket is not open: readyState 0 (CONNECTING)');
    const done = typeof options === 'function' ? (options as Sent) : sent;
    if (this.readyState !== OPEN) {
      const state = `readyState ${this.readyState} (${states[this.readyState]})`;
      if (done) process.nextTick(done, new Error(`WebSocket is not open: ${state}`));
      return;
    }
    const copy = copyOf(data);
    const peer = this.#peer as MemoryWebSocket;
    this.bufferedAmount += copy.length;
    this.#whenTaken(() => {
      this.bufferedAmount -= copy.length;
      if (done) process.nextTick(done);
      peer.#deliver(() => peer.#receive(copy, typeof data !== 'string'));
    });
  }

  /** Closes with a closing handshake; before the connection is open, gives it up. */
  close(code: number = NO_STATUS): void {
    if (this.readyState === CONNECTING) {
      this.fail(new Error('WebSocket was closed before the connection was established'));
    } else if (this.readyState === OPEN) {
      this.readyState = CLOSING;
      const peer = this.#peer as MemoryWebSocket;
      this.#whenTaken(() => peer.#deliver(() => peer.#receiveClose(code)));
    }
  }

  /** The connection breaks without a closing handshake. Data that was sent before still arrives. */
  cut(): void {
    if (this.readyState === CONNECTING) return this.fail(new Error('socket hang up'));
    const peer = this.#peer as MemoryWebSocket;
    if (this.readyState === OPEN) this.readyState = CLOSING;
    this.#deliver(() => this.#close(ABNORMAL));
    peer.#deliver(() => peer.#close(ABNORMAL));
  }

  /** The connection could not be made. */
  fail(error: Error): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = CLOSING;
    this._socket.destroy();
    this.#deliver(() => {
      this.onerror?.({ type: 'error', target: this, message: error.message, error });
      this.#close(ABNORMAL);
    });
    this.#decided();
  }

  /** This end stops reading: data that is sent to it from now on waits at the sender. */
  pause(): void {
    this.#paused = true;
  }

  /** This end reads again, first the data that waited. */
  resume(): void {
    this.#paused = false;
    const sender = this.#peer;
    for (const take of sender ? sender.#backlog.splice(0) : []) take();
  }

  #whenTaken(take: () => void): void {
    if ((this.#peer as MemoryWebSocket).#paused) this.#backlog.push(take);
    else take();
  }

  #deliver(action: () => void): void {
    this.#traffic.later(() => this.#context.runInAsyncScope(action));
  }

  #open(): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.#decided();
    this.onopen?.({ type: 'open', target: this });
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.readyState === CLOSED) return;
    if (this.#maxPayload > 0 && data.length > this.#maxPayload) {
      this.close(TOO_BIG);
      this.emit('error', new RangeError('Max payload size exceeded'));
      return;
    }
    this.onmessage?.({ type: 'message', target: this, data: isBinary ? data : data.toString() });
    this.emit('message', data, isBinary);
  }

  #receiveClose(code: number): void {
    const peer = this.#peer as MemoryWebSocket;
    peer.#deliver(() => peer.#close(code));
    this.#close(code);
  }

  #close(code: number): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#backlog = [];
    this._socket.destroy();
    this.onclose?.({ type: 'close', target: this, code, wasClean: code !== ABNORMAL });
    this.emit('close', code);
  }
}

function copyOf(data: string | ArrayBufferView | ArrayBuffer): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return Buffer.from(
    ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data),
  );
}
