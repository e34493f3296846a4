/**
 * The ids of sockets. Each carries a checksum, so that every node knows an id when it sees one, also while its owner is away:
 * the room of an id is its owner's alone. Other names of twenty letters remain rooms.
 */
import { randomFillSync } from 'node:crypto';
import type { Namespace, Socket } from 'socket.io';
import { shareTimes } from './handshake-times.js';

/** Random characters, 90 bits; then those of the checksum, 30 bits. */
const RANDOM_LENGTH = 15;
const CHECK_LENGTH = 5;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const pattern = /^[\w-]{20}$/;

/** Random bytes for ids to come: the system is asked once for many of them. */
const pool = Buffer.alloc(RANDOM_LENGTH * 256);
let used = pool.length;
/** The id in the making. */
const id = Buffer.alloc(RANDOM_LENGTH + CHECK_LENGTH);

export function newSocketId(): string {
  fillRandom(RANDOM_LENGTH);
  return withChecksum();
}

/** An id that is random as a whole, 120 bits: who knows it speaks for its client. */
export function newSessionId(): string {
  fillRandom(id.length);
  return id.toString('latin1');
}

function fillRandom(length: number): void {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  for (let at = 0; at < length; at++) id[at] = ALPHABET.charCodeAt(pool[used++]! & 63);
}

/** Whether a room's name is the id of a socket of any node. */
export function isSocketId(room: string): boolean {
  if (!pattern.test(room)) return false;
  id.write(room, 0, RANDOM_LENGTH, 'latin1');
  return withChecksum() === room;
}

/** Puts thirty bits of FNV-1a behind the random characters: recognition, not secrecy. */
function withChecksum(): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < RANDOM_LENGTH; at++) hash = Math.imul(hash ^ id[at]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  for (let at = 0; at < CHECK_LENGTH; at++) id[RANDOM_LENGTH + at] = ALPHABET.charCodeAt((hash >>> (at * 6)) & 63);
  return id.toString('latin1');
}

interface CreatingNamespace {
  _createSocket(client: { readonly conn: { protocol: number } }, auth: unknown): Promise<Socket>;
}

/**
 * Sets such an id on each new socket of a namespace. A recovered socket keeps its own; clients of protocol 3 compute theirs.
 *
 * Where no socket is recovered, Socket.IO makes it before `_createSocket` returns, with an id that takes random bytes, unless the client
 * speaks protocol 3: so it does for that long.
 */
export function giveSocketIds(namespace: Namespace, recovers: boolean): void {
  const creating = namespace as unknown as CreatingNamespace;
  const create = creating._createSocket.bind(namespace);
  const giveId = (socket: Socket): Socket => {
    shareTimes(socket);
    if (!socket.recovered && socket.conn.protocol !== 3) (socket as { id: string }).id = newSocketId();
    return socket;
  };
  creating._createSocket = (client, auth) => {
    const { conn } = client;
    const { protocol } = conn;
    if (recovers) return create(client, auth).then(giveId);
    conn.protocol = 3;
    try {
      return create(client, auth).then(giveId);
    } finally {
      conn.protocol = protocol;
    }
  };
}
