import { createServer, type Server, type Socket } from 'node:net';
import { MAX_QUEUED } from './transport.js';

/**
 * The wire between a relay and the processes of its machine: packets of
 * `length of the rest (4 bytes) | kind (1) | node id (8, zeros for all or none) | payload`.
 */
export const Kind = { hello: 1, welcome: 2, refused: 3, frame: 4, probe: 5, presence: 6 } as const;

/** The environment variable that names the relay where the URL does not: set for the processes of one primary. */
export const LOCAL_ADDRESS = 'COLLOQUY_LOCAL';

export const NOBODY = '0000000000000000';

/** A payload above this is not from one of us. */
const MAX_PACKET = 2 * 1024 * 1024;

export interface Packet {
  readonly kind: number;
  readonly uid: string;
  readonly payload: Buffer;
}

export function packet(kind: number, uid: string, payload: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.allocUnsafe(13 + payload.length);
  bytes.writeUInt32BE(9 + payload.length);
  bytes[4] = kind;
  bytes.write(uid, 5, 'hex');
  payload.copy(bytes, 13);
  return bytes;
}

/** Cuts a TCP stream into packets; `onGarbage` when it is none of ours. */
export function readPackets(socket: Socket, onPacket: (packet: Packet) => void, onGarbage: () => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    while (rest.length - start >= 4) {
      const length = rest.readUInt32BE(start);
      if (length < 9 || length > MAX_PACKET) return onGarbage();
      if (rest.length - start < 4 + length) break;
      const body = rest.subarray(start + 4, start + 4 + length);
      start += 4 + length;
      onPacket({ kind: body[0] ?? 0, uid: body.toString('hex', 1, 9), payload: body.subarray(9) });
    }
    rest = rest.subarray(start);
  });
}

/** Writes of one tick leave as one. */
export function writeTogether(socket: Socket, bytes: Buffer): void {
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  socket.write(bytes);
}

/** Passes packets on between the processes that are connected to it with the same secret and prefix. */
export class Relay {
  readonly #nodes = new Map<Socket, { uid: string; prefix: string }>();
  readonly #server: Server;

  constructor(private readonly secret: string) {
    this.#server = createServer({ noDelay: true }, (socket) => this.#welcome(socket));
  }

  /** The port that it listens on. Rejects with EADDRINUSE when another process was first. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject).on('error', () => {});
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#nodes.keys()) socket.destroySoon();
    return closed;
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('close', () => this.#nodes.delete(socket));
    readPackets(
      socket,
      (received) => this.#onPacket(socket, received),
      () => socket.destroy(),
    );
  }

  #onPacket(socket: Socket, { kind, uid, payload }: Packet): void {
    const node = this.#nodes.get(socket);
    if (!node) {
      const [secret, prefix] = payload.toString().split('\n');
      if (kind !== Kind.hello || secret !== this.secret) return void socket.end(packet(Kind.refused, NOBODY));
      this.#nodes.set(socket, { uid, prefix: prefix ?? '' });
      socket.setTimeout(0);
      socket.write(packet(Kind.welcome, NOBODY));
    } else if (kind === Kind.frame) {
      this.#pass(node.prefix, uid, packet(Kind.frame, uid, payload));
    } else if (kind === Kind.probe) {
      const present = [...this.#nodes.values()].some((other) => other.uid === uid && other.prefix === node.prefix);
      socket.write(packet(Kind.presence, uid, Buffer.from([present ? 1 : 0])));
    }
  }

  #pass(prefix: string, to: string, bytes: Buffer): void {
    for (const [socket, node] of this.#nodes) {
      if (node.prefix !== prefix || node.uid === NOBODY || (to !== NOBODY && to !== node.uid)) continue;
      if (socket.writableLength > MAX_QUEUED) socket.destroy();
      else writeTogether(socket, bytes);
    }
  }
}
