/** A connection of which both ends are in this process: what the server writes is counted, not sent. */
import { Duplex } from 'node:stream';
import type { Server as HttpServer } from 'node:http';
import { auth } from '../messages.js';
import { frame, upgradeRequest } from '../load/frames.js';

type Chunk = Buffer | string;

/** The server's end; like a TCP socket it takes texts as they are. */
class ServerEnd extends Duplex {
  readonly remoteAddress = '127.0.0.1';

  constructor(private readonly receive: (chunk: Chunk) => void) {
    super({ decodeStrings: false });
  }

  override _read(): void {}

  override _write(chunk: Chunk, _encoding: BufferEncoding, done: () => void): void {
    this.receive(chunk);
    done();
  }

  override _writev(chunks: { chunk: Chunk }[], done: () => void): void {
    for (const { chunk } of chunks) this.receive(chunk);
    done();
  }

  /** There is no handle: these do nothing. */
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

const byteAt = (chunk: Chunk, at: number): number =>
  typeof chunk === 'string' ? chunk.charCodeAt(at) : (chunk[at] ?? Number.NaN);

const MESSAGE = 0x34;

/** One Socket.IO client that knows as little as it can: it counts answers by walking from header to header. */
export class MemoryClient {
  /** Called for each acknowledgement, or event, that came. */
  onAnswer: () => void = () => {};
  /** The Socket.IO packet type that counts. */
  answerType = 0x33;
  /** All that came, until it is no longer wanted; for those who look at an answer. */
  log: string | undefined = '';
  readonly #end: ServerEnd;
  /** Bytes of the current frame that are still to come. */
  #due = 0;

  private constructor(server: HttpServer) {
    this.#end = new ServerEnd((chunk) => this.#open(chunk));
    server.emit('connection', this.#end);
  }

  static async connect(server: HttpServer): Promise<MemoryClient> {
    const client = new MemoryClient(server);
    client.#end.push(Buffer.from(upgradeRequest));
    await client.#until('\r\n\r\n');
    await client.#until('0{');
    client.write(frame(`40/bench,${JSON.stringify(auth)}`));
    await client.#until('40/bench,{"sid"');
    return client;
  }

  /** The server reads these bytes now. They are its own from then on. */
  write(bytes: Buffer): void {
    this.#end.push(bytes);
  }

  /** Asks once, and gives all that came for it. */
  async ask(bytes: Buffer): Promise<string> {
    this.log = '';
    this.write(Buffer.from(bytes));
    await this.#until('4');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const text = this.log;
    this.log = undefined;
    return text;
  }

  async #until(text: string): Promise<void> {
    for (let turns = 0; !this.log!.includes(text); turns++) {
      if (turns > 5_000) throw new Error(`the server does not send ${text}, but: ${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #open(chunk: Chunk): void {
    if (this.log === undefined) this.#read(chunk);
    else this.log += chunk.toString('latin1');
  }

  #read(chunk: Chunk): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#due === 0) {
        const short = byteAt(chunk, at + 1);
        this.#due = short === 126 ? (byteAt(chunk, at + 2) << 8) | byteAt(chunk, at + 3) : short;
        at += short === 126 ? 4 : 2;
        if (at >= chunk.length) return;
      }
      if (byteAt(chunk, at) === MESSAGE && byteAt(chunk, at + 1) === this.answerType) this.onAnswer();
      const here = Math.min(this.#due, chunk.length - at);
      this.#due -= here;
      at += here;
    }
  }
}
