/** HTTP over memory: requests and responses for the Engine.IO server, without a port. */
import { EventEmitter } from 'node:events';
import { IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http';
import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Traffic } from './traffic.js';
import { CONNECTING, MemoryWebSocket } from './web-socket.js';

/** The origin of a connection, as the server sees it. */
export interface Remote {
  remoteAddress: string;
  secure: boolean;
}

/**
 * The server's end of a connection, `request.socket`. It carries the refusals that Engine.IO writes in plain HTTP;
 * an accepted connection speaks through its two {@link MemoryWebSocket}s.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress: string;
  readonly remoteFamily = 'IPv4';
  readonly remotePort = 1;
  readonly encrypted: boolean;
  readonly client: MemoryWebSocket;
  bytesWritten = 0;
  readonly #traffic: Traffic;
  #response = '';

  constructor(traffic: Traffic, { remoteAddress, secure }: Remote) {
    super();
    this.remoteAddress = remoteAddress;
    this.encrypted = secure;
    this.#traffic = traffic;
    this.client = new MemoryWebSocket(this, traffic);
  }

  /** Opens the connection, and returns the server's end of it. */
  accept(maxPayload: number): MemoryWebSocket {
    const server = new MemoryWebSocket(this, this.#traffic, maxPayload);
    MemoryWebSocket.join(this.client, server);
    return server;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytesWritten += chunk.length;
    this.#response += chunk.toString('latin1');
    done();
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.client.readyState === CONNECTING) {
      const status = /^HTTP\/1\.1 (\d+)/.exec(this.#response)?.[1];
      this.client.fail(new Error(status ? `Unexpected server response: ${status}` : 'socket hang up'));
    }
    done(error);
  }

  /** There is no handle to keep the process alive: this and the four below do nothing. */
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
}

/** Takes a request that opens a WebSocket, as `'upgrade'` of an HTTP server does. */
export type Accept = (request: IncomingMessage, socket: MemorySocket) => void;

/** Sends the request that opens a WebSocket. */
export function dial(
  accept: Accept,
  traffic: Traffic,
  url: URL,
  headers: OutgoingHttpHeaders,
  from: Remote,
): MemoryWebSocket {
  const socket = new MemorySocket(traffic, from);
  const request = new IncomingMessage(socket as unknown as Socket);
  request.method = 'GET';
  request.url = url.pathname + url.search;
  request.httpVersion = '1.1';
  request.httpVersionMajor = request.httpVersionMinor = 1;
  const handshake = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
  setHeaders(request, [
    ...Object.entries({ Host: url.host }),
    ...Object.entries(headers),
    ...Object.entries({ ...handshake, Connection: 'Upgrade', Upgrade: 'websocket' }),
  ]);
  traffic.later(() => {
    if (!socket.destroyed) accept(request, socket);
  });
  return socket.client;
}

/** @throws TypeError for a header that HTTP does not allow. Engine.IO's client would only never connect. */
export function checkHeaders(headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    if (value !== undefined) validateHeaderValue(name, textOf(name, value));
  }
}

/** Of two headers with one name the later counts, as in `http.request`. */
function setHeaders(request: IncomingMessage, headers: [string, OutgoingHttpHeader | undefined][]): void {
  for (const [name, value] of headers) {
    if (value !== undefined) request.headers[name.toLowerCase()] = textOf(name, value);
  }
  request.rawHeaders = Object.entries(request.headers as Record<string, string>).flat();
}

function textOf(name: string, value: OutgoingHttpHeader): string {
  return Array.isArray(value) ? value.join(name.toLowerCase() === 'cookie' ? '; ' : ', ') : String(value);
}

/**
 * The `wsEngine` for Engine.IO in place of the server of the package `ws`.
 *
 * @see https://socket.io/docs/v4/server-options/#wsengine
 */
export class MemoryWebSocketServer extends EventEmitter {
  readonly #maxPayload: number;
  #closed = false;

  constructor({ maxPayload = 0 }: { maxPayload?: number }) {
    super();
    this.#maxPayload = maxPayload;
  }

  handleUpgrade(
    request: IncomingMessage,
    socket: MemorySocket,
    _head: Buffer,
    done: (server: MemoryWebSocket) => void,
  ) {
    if (this.#closed) socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    if (!socket.writable) return;
    this.emit('headers', [], request);
    done(socket.accept(this.#maxPayload));
  }

  close(): void {
    this.#closed = true;
  }
}
