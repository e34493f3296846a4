/**
 * The packets of a connection for those who count their bytes. They are counted by listeners that the fast lane knows: what it takes
 * past them, it tells them itself, so each packet is counted once.
 */

/** A packet of Engine.IO. */
interface CountedPacket {
  readonly data?: string | ArrayBuffer | NodeJS.ArrayBufferView;
}

/** An Engine.IO connection. */
export interface CountedConnection {
  readonly transport: { readonly name: string };
  on(event: 'packet' | 'packetCreate', listener: (packet: CountedPacket) => void): unknown;
  [countersKey]?: PacketCounter[];
}

/** Counts bytes, without frames, headers and compression. */
export interface PacketCounter {
  received(connection: CountedConnection, bytes: number): void;
  sent(connection: CountedConnection, bytes: number): void;
}

/** The key of those who count for a connection. */
const countersKey: unique symbol = Symbol.for('colloquy:packet-counters') as never;

/** Counts all packets of a connection from now on. */
export function countPackets(connection: CountedConnection, counter: PacketCounter): void {
  const counters = connection[countersKey];
  if (counters) return void counters.push(counter);
  connection[countersKey] = [counter];
  connection.on('packet', countReceived);
  connection.on('packetCreate', countSent);
}

/** The listener for packets of the client. */
export function countReceived(this: CountedConnection, packet: CountedPacket): void {
  const bytes = bytesOf(packet);
  for (const counter of this[countersKey]!) counter.received(this, bytes);
}

/** The listener for packets that are sent. */
export function countSent(this: CountedConnection, packet: CountedPacket): void {
  const bytes = bytesOf(packet);
  for (const counter of this[countersKey]!) counter.sent(this, bytes);
}

function bytesOf({ data }: CountedPacket): number {
  return data === undefined ? 0 : Buffer.byteLength(data);
}
