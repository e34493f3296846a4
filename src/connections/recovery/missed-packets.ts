/**
 * Socket.IO's connection state recovery, made dependable: a client that never received anything, or nothing for long,
 * is recovered too, and what it missed is sent when the gate has let it in again, not before.
 */
import type { Namespace, Socket } from 'socket.io';
import type { KeptPacket, KeptSession } from './recoverable-adapter.js';

interface RestoredSession extends KeptSession {
  missedPackets: unknown[][];
}

/** The parts of an adapter that can restore sessions; those of brokers keep nothing in memory. */
interface RecoveringAdapter {
  readonly rooms: ReadonlyMap<string, ReadonlySet<string>>;
  del(id: string, room: string): void;
  readonly sessions?: ReadonlyMap<string, KeptSession>;
  readonly packets?: readonly KeptPacket[];
  readonly maxDisconnectionDuration?: number;
  readonly droppedUntil?: number;
  take?(pid: string): KeptSession | undefined;
  persistSession(session: KeptSession): void;
  restoreSession(pid: string, offset: string): Promise<RestoredSession | null>;
}

interface CreatingNamespace {
  _createSocket(client: unknown, auth: Record<string, unknown>): Promise<Socket>;
}

const prepared = new WeakSet<object>();
/** The packets that recovered sockets missed, by their ids, until they are accepted. */
const missed = new Map<string, unknown[][]>();

/** Prepares a namespace, before its first client. */
export function makeRecoverable(namespace: Namespace): void {
  const creating = namespace as unknown as CreatingNamespace;
  const create = creating._createSocket.bind(namespace);
  creating._createSocket = (client, auth) => {
    prepareAdapter(namespace);
    if (typeof auth['pid'] === 'string') auth['offset'] ??= '';
    return create(client, auth);
  };
}

/** Gives, once, what a recovered socket missed. */
export function takeMissed({ id }: Socket): readonly unknown[][] {
  const packets = missed.get(id);
  if (!packets) return none;
  missed.delete(id);
  return packets;
}

const none: readonly unknown[][] = [];

function prepareAdapter(namespace: Namespace): void {
  const adapter = namespace.adapter as unknown as RecoveringAdapter;
  if (prepared.has(adapter)) return;
  prepared.add(adapter);
  const restore = adapter.restoreSession.bind(adapter);
  adapter.restoreSession = async (pid, offset) => {
    const session = adapter.packets ? restoreKept(adapter, pid, offset) : await restore(pid, offset);
    if (!session) return null;
    // While its owner was away, anybody could enter the room of an id.
    for (const stranger of adapter.rooms.get(session.sid) ?? []) adapter.del(stranger, session.sid);
    missed.set(session.sid, session.missedPackets);
    return { ...session, missedPackets: [] };
  };
  if (!adapter.packets) return;
  const persist = adapter.persistSession.bind(adapter);
  adapter.persistSession = (session) => {
    const issued = namespace.sockets.get(session.sid)?.handshake.issued;
    persist(Object.assign(session, issued === undefined ? {} : { connectedAt: issued }));
  };
}

/** The packets after the client's last one; if that is not known any more, all since the client connected. */
function restoreKept(adapter: RecoveringAdapter, pid: string, offset: string): RestoredSession | null {
  const session = adapter.take!(pid);
  if (!session || session.disconnectedAt + adapter.maxDisconnectionDuration! < Date.now()) return null;
  const last = adapter.packets!.findIndex(({ id }) => id === offset);
  // The client's last packet is not known any more: what was dropped after it may be missing.
  if (last < 0 && adapter.droppedUntil! >= (session.connectedAt ?? 0)) return null;
  const since = last < 0 ? (session.connectedAt ?? 0) : 0;
  const missedPackets = adapter
    .packets!.slice(last + 1)
    .filter((packet) => packet.emittedAt >= since && concerns(session.rooms, packet))
    .map(({ data }) => data);
  return { ...session, missedPackets };
}

function concerns(rooms: readonly string[], { opts }: KeptPacket): boolean {
  const included = opts.rooms.size === 0 || rooms.some((room) => opts.rooms.has(room));
  return included && !rooms.some((room) => opts.except?.has(room));
}
