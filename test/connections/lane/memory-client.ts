/** A client whose end of the connection is in memory: what the server reads comes in the chunks that the test says. */
import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { Duplex } from 'node:stream';
import { once } from 'node:events';
import type { Socket } from 'socket.io';
import type { App } from '../../../src/index.js';
import { clientFrame } from '../../server/engine/support.js';

type Chunk = Buffer | string;

const bytesOf = (chunk: Chunk, encoding: BufferEncoding): string =>
  (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk).toString('latin1');

/** The server's end of the connection; like a TCP socket it takes texts as they are. */
class ServerEnd extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  /** Whether the kernel takes no more for now. */
  #isFull = false;
  #goOn: (() => void) | undefined;

  constructor(private readonly written: (bytes: string) => void) {
    super({ decodeStrings: false });
  }

  fill(): void {
    this.#isFull = true;
  }

  drain(): void {
    this.#isFull = false;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  override _read(): void {}

  override _write(chunk: Chunk, encoding: BufferEncoding, done: () => void): void {
    this.written(bytesOf(chunk, encoding));
    this.#end(done);
  }

  override _writev(chunks: { chunk: Chunk; encoding: BufferEncoding }[], done: () => void): void {
    this.written(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)).join(''));
    this.#end(done);
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  #end(done: () => void): void {
    if (this.#isFull) this.#goOn = done;
    else done();
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
}

/** Waits until everything that a chunk causes without a timer has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export class MemoryClient {
  readonly end: ServerEnd;

  /** @param written told of each write of the server, as Latin-1 */
  constructor(server: HttpServer, written: (bytes: string) => void) {
    this.end = new ServerEnd(written);
    server.emit('connection', this.end);
  }

  async open(): Promise<void> {
    this.chunk(Buffer.from(request));
    for (let turn = 0; turn < 20; turn++) await settle();
  }

  /** The server reads these bytes at once. */
  chunk(bytes: Buffer): void {
    if (!this.end.destroyed) this.end.push(Buffer.from(bytes));
  }

  /** Packets that come in one chunk. */
  send(...packets: string[]): void {
    this.chunk(Buffer.concat(packets.map((packet) => clientFrame({ payload: Buffer.from(packet) }))));
  }

  async close(): Promise<void> {
    const closed = this.end.closed ? undefined : once(this.end, 'close');
    this.end.destroy();
    await closed;
    await settle();
  }
}

const request = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${createHash('md5').update('a key').digest('base64')}`,
  '\r\n',
].join('\r\n');

/** Attaches an application to a server that never listens. */
export function attach(app: App): HttpServer {
  const server = createServer();
  app.attach(server);
  return server;
}

/** The socket of the one client in a namespace, if it is there. */
export function socketOf(app: App, namespace: string): Socket | undefined {
  return [...app.io.of(namespace).sockets.values()][0] as Socket | undefined;
}
