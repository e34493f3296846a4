/** Keeps what is sent to a socket until the client has been told that it is connected. */
import { connectionOf } from '../connection.js';
import type { Socket } from 'socket.io';
import { internalsOf, packetType, type ClientInternals } from '../internals.js';
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
  const held = takeMissed(socket).map((data) => (): void => sendEvent(socket, data));
  const holder = Object.create(client) as ClientInternals;
  holder._packet = (packet, options) => {
    const { type } = packet;
    // Encodes at once, as Socket.IO would: with the value of now, and failing where it was sent.
    if (type !== packetType.connect && type !== packetType.connectError)
      return client._packet.call(holder, packet, options);
    internals.client = client;
    client._packet(packet, options);
    if (type === packetType.connect) for (const send of held) send();
  };
  holder.writeToEngine = (packets, options) => {
    if (held.push(() => client.writeToEngine(packets, options)) <= maxBuffered) return;
    held.pop();
    warnOnce(socket);
  };
  internals.client = holder;
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
