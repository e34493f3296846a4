/** Helpers for the messages of Socket.IO's cluster adapters, shared by both adapters. */
import { Adapter, type BroadcastOptions, type ClusterMessage, MessageType, type Room } from 'socket.io-adapter';
import type { Socket } from 'socket.io';
import { internalsOf } from '../../connections/internals.js';
import { type NamedFlag, nameAnswers } from '../../connections/asking/reaction.js';
import { AdapterError } from '../errors.js';

/** Takes the answers of other servers, or the error that ended the question. */
export type Acknowledge = (error: Error | null, answers: unknown[]) => void;

/** A packet of Socket.IO. */
export type Packet = Parameters<Adapter['broadcast']>[0];

type PlainOptions = Extract<ClusterMessage, { type: MessageType.BROADCAST }>['data']['opts'];

/** @throws AdapterError if the link only sends */
export function mustListen(listens: boolean, what: string): void {
  if (!listens) throw new AdapterError('option', `an emitter only sends: it cannot wait for ${what}`);
}

/** The sockets in these rooms, of all nodes. */
export async function socketIds(adapter: Adapter, rooms: Set<Room>): Promise<Set<string>> {
  const sockets: unknown[] = await adapter.fetchSockets({ rooms, except: new Set() });
  return new Set(sockets.map((socket) => (socket as { id: string }).id));
}

/**
 * After a message of another node was followed. If that was a question to clients, their answers are named if the asking
 * node wants it, and those who do not answer in time are waited for no longer: Socket.IO sees to it on the node that
 * asks, and there only.
 */
export function followQuestion(adapter: Adapter, message: ClusterMessage): void {
  if (message.type !== MessageType.BROADCAST || message.data.requestId === undefined) return;
  const { packet, opts } = message.data;
  const { id } = packet as { id: number };
  const { rooms, except } = opts;
  const { timeout, named } = opts.flags as BroadcastOptions['flags'] & NamedFlag & { timeout?: number };
  const asked = Adapter.prototype.fetchSockets.call(adapter, { rooms: new Set(rooms), except: new Set(except) });
  void asked.then((sockets: readonly Socket[]) => {
    if (named) nameAnswers(sockets, id);
    const forget = (): void => sockets.forEach((socket) => internalsOf(socket).acks.delete(id));
    setTimeout(forget, timeout).unref();
  });
}

/** For the wire, which knows no sets. */
export function plain(opts: BroadcastOptions): PlainOptions {
  return { rooms: [...opts.rooms], except: [...(opts.except ?? [])], flags: opts.flags ?? {} };
}
