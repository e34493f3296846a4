/**
 * A Socket.IO server on a chosen engine, and a client that keeps every byte it reads.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTcp, type AddressInfo, type Socket as TcpSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { chooseEngine, type EngineOption } from '../../src/engine/index.js';

/** TLS with a pre-shared key needs no certificate. */
const PSK = { ciphers: 'PSK+HIGH', maxVersion: 'TLSv1.2' as const };
const KEY = Buffer.alloc(32, 7);

export interface Running {
  io: Server;
  port: number;
  tls: boolean;
  stop(): Promise<void>;
}

export async function start(option: EngineOption, options: Partial<ServerOptions> = {}, tls = false): Promise<Running> {
  const http = tls ? createTlsServer({ ...PSK, pskCallback: () => KEY }) : createServer();
  const engine = chooseEngine(option);
  const io = new Server(http, { serveClient: false, ...options, ...engine.serverOptions });
  engine.attach(io.engine);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { io, port: (http.address() as AddressInfo).port, tls, stop: () => io.close() };
}

/** The `ws` WebSocket and the TCP socket beneath a Socket.IO socket. */
export function beneath(socket: Socket): { ws: { bufferedAmount: number; terminate(): void }; tcp: TcpSocket } {
  const { socket: ws } = socket.conn.transport as unknown as {
    socket: { bufferedAmount: number; terminate(): void; _socket: TcpSocket };
  };
  return { ws, tcp: ws._socket };
}

/** Counts what is handed to the kernel: a call of the TCP handle is a system call. */
export function countWrites(tcp: TcpSocket): { count: number } {
  const writes = { count: 0 };
  const { _handle: handle } = tcp as unknown as { _handle: Record<string, (...args: unknown[]) => unknown> };
  for (const name of ['writev', 'writeBuffer', 'writeUtf8String', 'writeLatin1String', 'writeAsciiString']) {
    const write = handle[name]!;
    handle[name] = function (...args) {
      writes.count++;
      return write.apply(this, args);
    };
  }
  return writes;
}

export interface Frame {
  opcode: number;
  bytes: Buffer;
  text: string;
}

/** The whole frames at the start of `bytes`; a server's frames are not masked. */
export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = bytes[at + 1]!;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length - at < header) break;
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const end = at + header + length;
    if (end > bytes.length) break;
    frames.push({
      opcode: bytes[at]! & 0x0f,
      bytes: bytes.subarray(at, end),
      text: bytes.toString('utf8', at + header, end),
    });
    at = end;
  }
  return frames;
}

const CLOSE = 8;

/** Speaks just enough to connect to the main namespace; keeps what it reads after the upgrade. */
export class RawClient {
  readonly #chunks: Buffer[] = [];

  private constructor(readonly tcp: TcpSocket) {}

  static async connect(server: Running, deflate = false): Promise<{ client: RawClient; socket: Socket }> {
    const at = { port: server.port, host: '127.0.0.1' };
    const tcp = server.tls
      ? connectTls({
          ...at,
          ...PSK,
          checkServerIdentity: () => undefined,
          pskCallback: () => ({ psk: KEY, identity: 'test' }),
        })
      : connectTcp(at);
    await once(tcp, server.tls ? 'secureConnect' : 'connect');
    const client = new RawClient(tcp);
    const connected = once(server.io, 'connection') as Promise<[Socket]>;
    tcp.write(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${deflate ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : ''}\r\n`,
    );
    const [head] = (await once(tcp, 'data')) as [Buffer];
    client.#chunks.push(head.subarray(head.indexOf('\r\n\r\n') + 4));
    tcp.on('data', (chunk: Buffer) => client.#chunks.push(chunk));
    client.send('40');
    const [socket] = await connected;
    return { client, socket };
  }

  /** The frames of the packets go out in one segment. */
  send(...packets: string[]): void {
    this.tcp.write(
      Buffer.concat(
        packets.map((packet) => {
          const payload = Buffer.from(packet);
          const mask = Buffer.alloc(4);
          return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, payload]);
        }),
      ),
    );
  }

  get frames(): Frame[] {
    return framesOf(Buffer.concat(this.#chunks));
  }

  /** Resolves with all frames once one of them fits. */
  async until(fits: (frame: Frame) => boolean): Promise<Frame[]> {
    for (;;) {
      const frames = this.frames;
      if (frames.some(fits)) return frames;
      await once(this.tcp, 'data');
    }
  }

  /** All that came up to the server's closing frame. */
  async untilClosed(): Promise<Frame[]> {
    const frames = await this.until((frame) => frame.opcode === CLOSE);
    this.tcp.destroy();
    return frames;
  }
}
