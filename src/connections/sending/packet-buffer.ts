/** Keeps what is sent to a socket until the client has been told that it is connected. */
import { connectionOf } from '../connection.js';
import type { Socket } from 'socket.io';
import { internalsOf, packetType, type ClientInternals, type SentPacket } from '../internals.js';
import { takeMissed } from '../recovery/missed-packets.js';

/** More packets than this for a client that is not connected yet are an application out of hand, or an attack. */
const maxBuffered = 1_000;

/**
 * Puts itself before the socket's client. The packet that accepts the client lets everything through, in order, and
 * first what a recovered client missed; the packet that refuses the client drops everything.
 */
export function bufferPackets(socket: Socket): void {
  const internals = internalsOf(socket);
  const { client } = internals;
  const buffer = Object.create(bufferOf(client)) as PacketBuffer;
  buffer[real] = client;
  buffer[owner] = socket;
  buffer[held] = takeMissed(socket).map((data) => (): void => sendEvent(socket, data));
  internals.client = buffer;
}

const real = Symbol('the client');
const owner = Symbol('the socket');
const held = Symbol('what is held');

/** A client that holds what is sent to one of its sockets; everything else of it is the client's own. */
interface PacketBuffer extends ClientInternals {
  [real]: ClientInternals;
  [owner]: Socket;
  [held]: (() => void)[];
}

/** By the class of the clients: the object that their buffers inherit from, which is made once. */
const buffers = new WeakMap<object, object>();

/**
 * An object that inherits from a client would be shorter. But V8 gives every object that others inherit from a shape of its own,
 * and the client would keep it for as long as it is connected.
 */
function bufferOf(client: ClientInternals): object {
  const clientClass = Object.getPrototypeOf(client) as object;
  const known = buffers.get(clientClass);
  if (known) return known;
  const made = Object.create(clientClass) as PacketBuffer;
  for (const key of Object.keys(client) as (keyof ClientInternals)[]) {
    Object.defineProperty(made, key, {
      get(this: PacketBuffer) {
        return this[real][key];
      },
      set(this: PacketBuffer, value: never) {
        (this[real] as Record<keyof ClientInternals, unknown>)[key] = value;
      },
    });
  }
  buffers.set(clientClass, Object.assign(made, { _packet: send, writeToEngine: hold }));
  return made;
}

/** Encodes at once, as Socket.IO would: with the value of now, and failing where it was sent. */
function send(this: PacketBuffer, packet: SentPacket, options?: object): void {
  const client = this[real];
  const { type } = packet;
  if (type !== packetType.connect && type !== packetType.connectError)
    return client._packet.call(this, packet, options);
  internalsOf(this[owner]).client = client;
  client._packet(packet, options);
  if (type === packetType.connect) for (const sendHeld of this[held]) sendHeld();
}

function hold(this: PacketBuffer, packets: unknown, options: object): void {
  if (this[held].length < maxBuffered) this[held].push(() => this[real].writeToEngine(packets, options));
  else warnOnce(this[owner]);
}

const warned = new WeakSet<Socket>();

function warnOnce(socket: Socket): void {
  if (warned.has(socket)) return;
  warned.add(socket);
  const { log } = connectionOf(socket)!.served.runtime;
  log.warn(
    { socket: socket.id },
    `more than ${maxBuffered} packets wait for a client to be let in; the rest is dropped`,
  );
}

/** Sends an event that was encoded for its offset before. */
export function sendEvent(socket: Socket, data: unknown[]): void {
  internalsOf(socket).client._packet({ type: packetType.event, nsp: socket.nsp.name, data });
}
