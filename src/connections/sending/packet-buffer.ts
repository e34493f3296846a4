/** Keeps what is sent to a socket until the client has been told that it is connected. */
import { connectionOf } from '../connection.js';
import type { Socket } from 'socket.io';
import { internalsOf, packetType, type ClientInternals, type SentPacket } from '../internals.js';
import { takeMissed } from '../recovery/missed-packets.js';

/** More packets than this for a client that is not connected yet are an application out of hand, or an attack. */
const MAX_BUFFERED = 1_000;

/**
 * Puts itself before the socket's client. The packet that accepts the client lets everything through, in order, and
 * first what a recovered client missed; the packet that refuses the client drops everything.
 *
 * It is a proxy: an object that inherits from the client would be shorter, but V8 gives every object that others inherit from a
 * shape of its own, and the client would keep it for as long as it is connected.
 */
export function bufferPackets(socket: Socket): void {
  const internals = internalsOf(socket);
  internals.client = new Proxy(internals.client, new PacketBuffer(socket, internals.client));
}

const bufferKey = Symbol('the packet buffer');

/** A client as its socket sees it while it is in the gate: what is sent is held; everything else is the client's own. */
type BufferedClient = ClientInternals & { readonly [bufferKey]: PacketBuffer };

class PacketBuffer implements ProxyHandler<ClientInternals> {
  readonly held: (() => void)[];

  constructor(
    readonly socket: Socket,
    readonly client: ClientInternals,
  ) {
    this.held = takeMissed(socket).map((data) => (): void => sendEvent(socket, data));
  }

  get(client: ClientInternals, key: string | symbol): unknown {
    if (key === bufferKey) return this;
    if (key === '_packet') return send;
    return key === 'writeToEngine' ? hold : Reflect.get(client, key);
  }
}

/** Encodes at once, as Socket.IO would: with the value of now, and failing where it was sent. */
function send(this: BufferedClient, packet: SentPacket, options?: object): void {
  const { client, socket, held } = this[bufferKey];
  const { type } = packet;
  if (type !== packetType.connect && type !== packetType.connectError)
    return client._packet.call(this, packet, options);
  internalsOf(socket).client = client;
  client._packet(packet, options);
  if (type === packetType.connect) for (const sendHeld of held) sendHeld();
}

function hold(this: BufferedClient, packets: unknown, options: object): void {
  const { client, socket, held } = this[bufferKey];
  if (held.length < MAX_BUFFERED) held.push(() => client.writeToEngine(packets, options));
  else warnOnce(socket);
}

const warned = new WeakSet<Socket>();

function warnOnce(socket: Socket): void {
  if (warned.has(socket)) return;
  warned.add(socket);
  const { log } = connectionOf(socket)!.served.runtime;
  log.warn(
    { socket: socket.id },
    `more than ${MAX_BUFFERED} packets wait for a client to be let in; the rest is dropped`,
  );
}

/** Sends an event that was encoded for its offset before. */
export function sendEvent(socket: Socket, data: unknown[]): void {
  internalsOf(socket).client._packet({ type: packetType.event, nsp: socket.nsp.name, data });
}
