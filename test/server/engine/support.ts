/**
 * A Socket.IO server on a chosen engine, and a client that keeps every byte it reads.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTcp, type AddressInfo, type Socket as TcpSocket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { io as connect, type Socket as Client } from 'socket.io-client';
import { chooseEngine, type EngineOption } from '../../../src/server/engine/index.js';

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
  const connections = new Set<TcpSocket>();
  http.on('connection', (tcp: TcpSocket) => connections.add(tcp));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const stop = async () => {
    for (const tcp of connections) tcp.destroy(); // a bare client does not answer a closing handshake
    await io.close();
  };
  return { io, port: (http.address() as AddressInfo).port, tls, stop };
}

/** The same for one test, which stops it. */
export async function serve(
  t: TestContext,
  option: EngineOption,
  options: Partial<ServerOptions> = {},
): Promise<Running> {
  const running = await start(option, options);
  t.after(() => running.stop());
  return running;
}

/** A client, and its socket at the server once the client is on the last of the transports. */
export async function join(t: TestContext, { io, port }: Running, transports: string[]): Promise<[Client, Socket]> {
  const client = connect(`http://127.0.0.1:${port}`, { transports, forceNew: true, reconnection: false });
  t.after(() => client.disconnect());
  const [socket] = (await once(io, 'connection')) as [Socket];
  if (socket.conn.transport.name !== transports.at(-1)) await once(socket.conn, 'upgrade');
  return [client, socket];
}

/** The `ws` WebSocket and the TCP socket beneath a Socket.IO socket. */
export function beneath(socket: Socket): { ws: { bufferedAmount: number; terminate(): void }; tcp: TcpSocket } {
  const { socket: ws } = socket.conn.transport as unknown as {
    socket: { bufferedAmount: number; terminate(): void; _socket: TcpSocket };
  };
  return { ws, tcp: ws._socket };
}

/** Hears of what is handed to the kernel: a call of the TCP handle is a system call. */
export function onWrite(tcp: TcpSocket, heard: (...args: unknown[]) => void): void {
  const { _handle: handle } = tcp as unknown as { _handle: Record<string, (...args: unknown[]) => unknown> };
  for (const name of ['writev', 'writeBuffer', 'writeUtf8String', 'writeLatin1String', 'writeAsciiString']) {
    const write = handle[name]!;
    handle[name] = function (...args) {
      heard(...args);
      return write.apply(this, args);
    };
  }
}

export function countWrites(tcp: TcpSocket): { count: number } {
  const writes = { count: 0 };
  onWrite(tcp, () => writes.count++);
  return writes;
}

export interface Frame {
  opcode: number;
  bytes: Buffer;
  text: string;
}

/** The first frame in `bytes`, if it is there as a whole; a server's frames are not masked. */
function firstFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]!;
  const header = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < header) return undefined;
  const long = short === 126 ? bytes.readUInt16BE(2) : Number(short === 127 && bytes.readBigUInt64BE(2));
  const end = header + (short < 126 ? short : long);
  if (bytes.length < end) return undefined;
  return { opcode: bytes[0]! & 0x0f, bytes: bytes.subarray(0, end), text: bytes.toString('utf8', header, end) };
}

/** A frame as a client sends it: `first` is its first byte, a whole text unless given. */
export function clientFrame({ first = 0x81, payload, mask = new Uint8Array(4) }: ClientFrame): Buffer {
  const { length } = payload;
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(length));
  const size = length < 126 ? [length] : length < 65_536 ? [126, ...long.subarray(6)] : [127, ...long];
  const header = Buffer.from([first, 0x80 | size[0]!, ...size.slice(1)]);
  return Buffer.concat([header, mask, payload.map((byte, at) => byte ^ mask[at & 3]!)]);
}

export interface ClientFrame {
  readonly first?: number;
  readonly payload: Buffer;
  readonly mask?: Uint8Array;
}

const CLOSE = 8;

/** Speaks just enough to connect to the main namespace; keeps what it reads after the upgrade. */
export class RawClient {
  /** What came since the upgrade. */
  readonly frames: Frame[] = [];
  #rest: Buffer = Buffer.alloc(0);

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
    client.#read(head.subarray(head.indexOf('\r\n\r\n') + 4));
    tcp.on('data', (chunk: Buffer) => client.#read(chunk));
    client.send('40');
    const [socket] = await connected;
    return { client, socket };
  }

  /** The frames of the packets go out in one segment. */
  send(...packets: string[]): void {
    this.tcp.write(Buffer.concat(packets.map((packet) => clientFrame({ payload: Buffer.from(packet) }))));
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let frame = firstFrame(this.#rest); frame !== undefined; frame = firstFrame(this.#rest)) {
      this.frames.push(frame);
      this.#rest = this.#rest.subarray(frame.bytes.length);
    }
  }

  /** Resolves with all frames once one of them fits. */
  async until(fits: (frame: Frame) => boolean): Promise<Frame[]> {
    for (let seen = 0; !this.frames.slice(seen).some(fits);) {
      seen = this.frames.length;
      await once(this.tcp, 'data');
    }
    return this.frames;
  }

  /** All that came up to the server's closing frame. */
  async untilClosed(): Promise<Frame[]> {
    const frames = await this.until((frame) => frame.opcode === CLOSE);
    this.tcp.destroy();
    return frames;
  }
}

/** A server and one bare client, gone when the test is. */
export async function withClient(
  engine: EngineOption,
  test: (client: RawClient, socket: Socket, server: Running) => Promise<void>,
  tls = false,
): Promise<void> {
  const server = await start(engine, {}, tls);
  try {
    const { client, socket } = await RawClient.connect(server);
    await new Promise((resolve) => setImmediate(resolve));
    await test(client, socket, server);
    client.tcp.destroy();
  } finally {
    await server.stop();
  }
}
