/** Packets that were sent to clients, and the clients that each concerns. */
import type { BroadcastOptions } from 'socket.io-adapter';
import { compareIds, type Position } from '../position.js';

export interface Packet {
  readonly type: number;
  readonly id?: number;
  readonly data: unknown[];
}

/** The data of a broadcast message. */
export interface Broadcast {
  readonly packet: Packet;
  readonly opts: {
    readonly rooms: Iterable<string>;
    readonly except: Iterable<string>;
    readonly flags?: BroadcastOptions['flags'];
  };
}

/** A packet that was sent to clients. */
export interface Sent {
  /** The event and its arguments, and the offset that clients remember. */
  readonly data: readonly unknown[];
  readonly opts: Broadcast['opts'];
  /** The node that has sent it, and its count. */
  readonly uid: string;
  readonly number: number;
  /** Its position in the stream; undefined for a packet that this node has just sent. */
  readonly id?: string;
}

const EVENT = 2;

/** As Socket.IO has it: events that are not volatile, and want no acknowledgement. */
export function isRecoverable({ type, id }: Packet, flags: BroadcastOptions['flags']): boolean {
  return type === EVENT && id === undefined && !flags?.volatile;
}

/** Whether a client that has got so far has yet to see it. */
export function isNew(sent: Sent, { id, uid, number }: Position): boolean {
  if (sent.uid === uid && sent.number <= number) return false;
  return sent.id === undefined || compareIds(sent.id, id) > 0;
}

/** Whether it is for a client in these rooms. */
export function concerns(rooms: readonly string[], { opts }: Sent): boolean {
  const [wanted, except] = [new Set(opts.rooms), new Set(opts.except)];
  return (wanted.size === 0 || rooms.some((room) => wanted.has(room))) && !rooms.some((room) => except.has(room));
}
