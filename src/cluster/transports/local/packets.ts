/** The wire between a relay and the processes of its machine. */
import type { Socket } from 'node:net';

/**
 * Kinds of packets, each of
 * `length of the rest (4 bytes) | kind (1) | node id (8, zeros for all or none) | payload`.
 */
export const Kind = { hello: 1, welcome: 2, refused: 3, frame: 4, probe: 5, presence: 6 } as const;

/** The environment variable that names the relay if the URL does not: set for the processes of one primary. */
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
