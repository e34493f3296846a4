/**
 * Socket.IO's adapter in memory, with connection state recovery. Socket.IO's own one for that keeps a timer for every
 * namespace that ever was, and clients decide how many of a family there are; this one has a timer only while something
 * is kept, and says when that is over.
 */
import type { Namespace } from 'socket.io';
import { Adapter, type BroadcastOptions } from 'socket.io-adapter';
import { optionsOf, packetType } from '../internals.js';
import { keptBytesOf, roughBytes, type KeptBytes } from './kept-bytes.js';

/** A packet that is kept for those who may come back. */
export interface KeptPacket {
  /** The id that a client names as the last one it has seen. */
  readonly id: string;
  readonly emittedAt: number;
  readonly data: unknown[];
  /** About how many. */
  readonly bytes: number;
  readonly opts: Pick<BroadcastOptions, 'rooms'> & { readonly except?: ReadonlySet<string> };
}

/** A connection that has ended and may be taken up again. */
export interface KeptSession {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: readonly string[];
  readonly disconnectedAt: number;
  /** When the connection began that has ended. */
  connectedAt?: number;
}

interface SentPacket {
  readonly type: number;
  /** Asks for acknowledgements; what does cannot be sent later. */
  readonly id?: number;
  readonly data: unknown[];
}

/** Milliseconds between two looks at what is kept, at the most. */
const LONGEST_PAUSE = 60_000;

/** No id of a process that was here before comes up again. */
const started = Date.now().toString(36);
let sent = 0;

export class RecoverableAdapter extends Adapter {
  readonly sessions = new Map<string, KeptSession>();
  packets: KeptPacket[] = [];
  /** When the youngest packet was sent that was dropped because too much was kept. */
  droppedUntil = 0;
  /** Milliseconds that a client may be away. */
  readonly maxDisconnectionDuration: number;
  /** Called when no session is kept any more. */
  onForgotten: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(namespace: Namespace) {
    super(namespace);
    const { connectionStateRecovery } = optionsOf(namespace.server);
    this.maxDisconnectionDuration = connectionStateRecovery!.maxDisconnectionDuration!;
  }

  override persistSession(session: Omit<KeptSession, 'disconnectedAt'>): void {
    this.sessions.set(session.pid, { ...session, disconnectedAt: Date.now() });
    this.#watch();
  }

  override broadcast(packet: SentPacket, options: BroadcastOptions): void {
    const isKept = packet.type === packetType.event && packet.id === undefined && !options.flags?.volatile;
    if (isKept) this.#keep(packet, options);
    super.broadcast(packet, options);
  }

  override close(): void {
    clearTimeout(this.#timer);
    this.#kept?.leave(this, this.packets.length, bytesOf(this.packets));
    this.packets = [];
  }

  /** The bounds of the server, which are not there yet when its first adapter is made. */
  get #kept(): KeptBytes | undefined {
    return keptBytesOf((this.nsp as Namespace).server);
  }

  get oldest(): number | undefined {
    return this.packets[0]?.emittedAt;
  }

  /** The session that is away for longest goes with the packet: its client would miss it without knowing. */
  dropOldest(): number {
    const packet = this.packets.shift()!;
    this.droppedUntil = packet.emittedAt;
    for (const { pid, disconnectedAt } of this.sessions.values()) {
      if (disconnectedAt <= packet.emittedAt) this.sessions.delete(pid);
    }
    return packet.bytes;
  }

  /** Takes a session, once: a second connection that names it is a new one. */
  take(pid: string): KeptSession | undefined {
    const session = this.sessions.get(pid);
    this.sessions.delete(pid);
    return session;
  }

  /** The client hears of the packet's id as one more argument, and tells it when it comes back. */
  #keep({ data }: SentPacket, opts: BroadcastOptions): void {
    const id = `${started}.${(sent++).toString(36)}`;
    data.push(id);
    const bytes = roughBytes(data);
    this.packets.push({ id, opts, data, bytes, emittedAt: Date.now() });
    this.#kept?.join(this);
    this.#kept?.keep(bytes);
    this.#watch();
  }

  #watch(): void {
    const pause = Math.min(LONGEST_PAUSE, this.maxDisconnectionDuration + 1);
    this.#timer ??= setTimeout(() => this.#forget(), pause).unref();
  }

  #forget(): void {
    this.#timer = undefined;
    const since = Date.now() - this.maxDisconnectionDuration;
    const had = this.sessions.size;
    for (const { pid, disconnectedAt } of this.sessions.values()) if (disconnectedAt < since) this.sessions.delete(pid);
    const fresh = this.packets.findIndex(({ emittedAt }) => emittedAt >= since);
    const old = this.packets.splice(0, fresh < 0 ? this.packets.length : fresh);
    this.#kept?.release(old.length, bytesOf(old));
    if (this.sessions.size > 0 || this.packets.length > 0) this.#watch();
    if (had > 0 && this.sessions.size === 0) this.onForgotten?.();
  }
}

function bytesOf(packets: readonly KeptPacket[]): number {
  return packets.reduce((sum, { bytes }) => sum + bytes, 0);
}
