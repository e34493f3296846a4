/**
 * Clients whose `@OnConnect` runs. They are no members yet: they are not counted, fetched or asked. But broadcasts of this
 * process reach them when they have been let in, as their own emissions do.
 */
import type { Namespace, Socket } from 'socket.io';
import { adapterInternalsOf, packetType, type BroadcastPacket } from '../internals.js';

const entering = new WeakMap<Namespace, Map<string, Socket>>();

/** Notes that the handlers of `@OnConnect` begin. */
export function beginEntering(socket: Socket): void {
  const { nsp } = socket;
  const sockets = entering.get(nsp);
  if (sockets) sockets.set(socket.id, socket);
  else entering.set(nsp, new Map([[socket.id, socket]]));
  deliverMeanwhile(nsp);
  void socket.join(socket.id);
}

export function endEntering({ nsp, id }: Socket): void {
  entering.get(nsp)?.delete(id);
}

/** Finds a client whose `@OnConnect` runs. */
export function enteringSocket(namespace: Namespace, id: string): Socket | undefined {
  return entering.get(namespace)?.get(id);
}

interface Broadcast {
  readonly rooms: ReadonlySet<string>;
  readonly except?: ReadonlySet<string>;
}

/** Has broadcasts reach clients that enter, too. An adapter whose emissions are checked calls {@link tellEntering} itself. */
function deliverMeanwhile(namespace: Namespace): void {
  const adapter = adapterInternalsOf(namespace.adapter);
  if (Object.hasOwn(adapter, 'broadcast')) return;
  const broadcast = adapter.broadcast.bind(adapter);
  adapter.broadcast = (packet, options) => {
    const result = broadcast(packet, options);
    tellEntering(namespace, packet, options);
    return result;
  };
}

/** Hands a broadcast of this process to the clients that are entering: it is held until they are let in. */
export function tellEntering(namespace: Namespace, { data }: BroadcastPacket, options: unknown): void {
  const sockets = entering.get(namespace);
  if (!sockets?.size) return;
  for (const socket of sockets.values()) {
    if (concerns(namespace.adapter.sids.get(socket.id), options as Broadcast)) send(socket, data);
  }
}

function concerns(rooms: ReadonlySet<string> = new Set(), { rooms: to, except }: Broadcast): boolean {
  const all = [...rooms];
  return (to.size === 0 || all.some((room) => to.has(room))) && !all.some((room) => except?.has(room));
}

function send(socket: Socket, data: readonly unknown[]): void {
  (socket as unknown as { packet(packet: object): void }).packet({ type: packetType.event, data });
}
