import { connect, type Socket } from 'node:net';
import { auth } from '../messages.js';
import { frame, readFrames, upgradeRequest } from './frames.js';

const PING = 0x32;
const MESSAGE = 0x34;
const OPEN = 0x30;
const pong = frame('3');

/** Socket.IO packet types, as they stand on the wire. */
export const Packet = { connect: 0x30, event: 0x32, ack: 0x33, connectError: 0x34 } as const;

/** Gets one Socket.IO packet: its type, and its bytes behind the namespace and comma as `data[start, end)`. */
export type OnPacket = (type: number, data: Buffer, start: number, end: number) => void;

/**
 * One Socket.IO client over a bare TCP connection: hand-made frames instead of a client library, so that the load
 * generator costs a fraction of the server that it loads. Speaks only what the benchmark needs.
 */
export class Client {
  /** Replaced by whoever measures. */
  onPacket: OnPacket = () => {};
  /** Called after all packets of one chunk of bytes: the place to send what answers them in one write. */
  onChunk: () => void = () => {};
  onClose: (reason: string) => void = () => {};
  readonly #socket: Socket;
  #rest: Buffer | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connects to `/bench`, `/bench1` … (`namespaces` of them) and resolves when all have been accepted. */
  static connect(port: number, namespaces: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const client = new Client(socket);
      let waiting = namespaces;
      client.onClose = (reason) => reject(new Error(`the server closed the connection: ${reason}`));
      client.onPacket = (type, data, start, end) => {
        if (type === Packet.connectError) reject(new Error(`connection refused: ${data.toString('utf8', start, end)}`));
        if (type === Packet.connect && --waiting === 0) resolve(client);
      };
      socket.on('error', (error) => client.onClose(error.message));
      socket.on('close', () => client.onClose('closed'));
      socket.once('connect', () => socket.write(upgradeRequest));
      client.#readUpgrade(() => {
        for (let i = 0; i < namespaces; i++) client.write(frame(`40/bench${i || ''},${JSON.stringify(auth)}`));
      });
    });
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.onClose = () => {};
    this.#socket.destroy();
  }

  #readUpgrade(onOpen: () => void): void {
    let head = '';
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#socket.off('data', read);
      const status = head.slice(0, head.indexOf('\r\n'));
      if (!status.includes(' 101 ')) return this.onClose(status);
      if (/sec-websocket-extensions/i.test(head.slice(0, end))) return this.onClose('compression was negotiated');
      this.#socket.on('data', (bytes: Buffer) => this.#read(bytes, onOpen));
      if (head.length > end + 4) this.#read(Buffer.from(head.slice(end + 4), 'latin1'), onOpen);
    };
    this.#socket.on('data', read);
  }

  #read(bytes: Buffer, onOpen: () => void): void {
    const data = this.#rest ? Buffer.concat([this.#rest, bytes]) : bytes;
    this.#rest = readFrames(data, (frames, start, end) => {
      const type = frames[start];
      if (type === MESSAGE) this.#packet(frames, start + 1, end);
      else if (type === PING && end - start === 1) this.write(pong);
      else if (type === OPEN) onOpen();
    });
    this.onChunk();
  }

  /** `/bench,` is stepped over without looking at it, which is enough where only the benchmark's own namespaces speak. */
  #packet(data: Buffer, start: number, end: number): void {
    const comma = data[start + 1] === 0x2f ? data.indexOf(0x2c, start) + 1 : start + 1;
    this.onPacket(data[start]!, data, comma, end);
  }
}
