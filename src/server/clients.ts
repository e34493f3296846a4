/** The transports of all clients: how they are connected, how much waits to be sent to each, and who is cut off. */
import type { Server } from 'socket.io';
import type { Counters } from '../base/counters.js';
import type { Logger } from '../base/log.js';
import { laneKey, type OpenLane } from '../connections/lane/unwatched.js';
import { noteCut } from '../connections/observing/observed-connection.js';

/** Milliseconds between two looks at all clients. */
const INTERVAL = 1_000;
/** A client over `limits.sendBuffer` that takes nothing from one look to the next is cut off after so many looks. */
const PATIENCE = 3;
/** A client that takes something may be behind by so many times `limits.sendBuffer`. */
const HARD_BOUND = 16;
/** So many clients, for so many looks, all on long-polling: WebSocket does not get through to this server. */
const suspicious = { clients: 10, looks: 30 };

/** The parts of an Engine.IO connection and its transport that are used here. */
interface EngineConnection {
  readonly writeBuffer: readonly { readonly data?: string | ArrayBuffer | ArrayBufferView }[];
  readonly transport: {
    readonly name: string;
    readonly socket?: {
      readonly bufferedAmount?: number;
      readonly _socket?: { readonly bytesWritten: number; readonly writableLength: number } | null;
      terminate?(): void;
    };
  };
  readonly [laneKey]?: Pick<OpenLane, 'isOpen'>;
  close(discard?: boolean): void;
  once(event: 'drain' | 'close', listener: () => void): void;
}

/** How many clients use each transport. */
export type TransportCounts = Readonly<Record<string, number>>;

/** The progress of a client that is behind, at the last look. */
interface Progress {
  taken: unknown;
  looks: number;
}

export class Clients {
  readonly #behind = new WeakMap<EngineConnection, Progress>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  constructor(
    private readonly io: Server,
    private readonly sendBuffer: number,
    private readonly log: Logger,
    private readonly counters: Counters,
  ) {}

  /** Begins to look at all clients now and then; it does not keep the process alive. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#look(), INTERVAL).unref();
  }

  stopWatching(): void {
    clearInterval(this.#timer);
  }

  get transports(): TransportCounts {
    const counts: Record<string, number> = {};
    for (const { transport } of Object.values(this.#all)) counts[transport.name] = (counts[transport.name] ?? 0) + 1;
    return counts;
  }

  /** How many clients' events take the fast lane now. */
  get fastLane(): number {
    return Object.values(this.#all).filter((client) => client[laneKey]?.isOpen).length;
  }

  /** The bytes that wait to be sent: of all clients, and of the one that is furthest behind. */
  get sendBuffers(): { readonly total: number; readonly largest: number } {
    let total = 0;
    let largest = 0;
    for (const bytes of Object.values(this.#all).map(waitingFor)) {
      total += bytes;
      largest = Math.max(largest, bytes);
    }
    return { total, largest };
  }

  /** Resolves when nothing waits to be sent, or `time` milliseconds have passed. */
  async flush(time: number): Promise<void> {
    const busy = Object.values(this.#all).filter(({ writeBuffer }) => writeBuffer.length > 0);
    const sent = busy.map(
      (client) =>
        new Promise<void>((resolve) => {
          client.once('drain', resolve);
          client.once('close', resolve);
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, time)));
    await Promise.race([Promise.all(sent), late]);
    clearTimeout(timer);
  }

  get #all(): Readonly<Record<string, EngineConnection>> {
    return (this.io.engine as unknown as { clients?: Record<string, EngineConnection> } | undefined)?.clients ?? {};
  }

  #look(): void {
    let count = 0;
    let polling = 0;
    const all = this.#all;
    for (const client of Object.values(all)) {
      count++;
      if (client.transport.name === 'polling') polling++;
      this.#cutSlow(client);
    }
    this.#looks = count >= suspicious.clients && polling === count ? this.#looks + 1 : 0;
    if (this.#looks === suspicious.looks) {
      this.log.warn(
        { clients: count },
        'all clients use long-polling: something before this server keeps WebSocket out',
      );
    }
  }

  /**
   * Data that waits for one client must not fill the server's memory. A client that takes nothing is cut off; one that is only
   * behind stays, up to a hard bound.
   */
  #cutSlow(client: EngineConnection): void {
    if (this.sendBuffer === Infinity) return;
    const waiting = waitingFor(client);
    if (waiting <= this.sendBuffer) return void this.#behind.delete(client);
    if (waiting <= this.sendBuffer * HARD_BOUND && this.#progresses(client)) return;
    this.counters.count('send_buffer');
    noteCut(client, { limit: 'sendBuffer' });
    this.log.warn(
      { waiting, limit: this.sendBuffer },
      'a client reads too slowly (limits.sendBuffer) and is disconnected',
    );
    client.close(true);
    // A peer that reads nothing does not answer the closing handshake either.
    client.transport.socket?.terminate?.();
  }

  #progresses(client: EngineConnection): boolean {
    const taken = takenBy(client);
    const known = this.#behind.get(client);
    if (known && known.taken === taken) return ++known.looks < PATIENCE;
    this.#behind.set(client, { taken, looks: 0 });
    return true;
  }
}

/** Something that changes whenever the client takes data: the bytes that the kernel has, or the first packet that waits. */
function takenBy({ transport, writeBuffer }: EngineConnection): unknown {
  const tcp = transport.socket?._socket;
  return tcp ? tcp.bytesWritten - tcp.writableLength : writeBuffer[0];
}

/** The bytes that wait to be sent to a client. */
function waitingFor({ transport, writeBuffer }: EngineConnection): number {
  return (transport.socket?.bufferedAmount ?? 0) + bytesOf(writeBuffer);
}

function bytesOf(packets: EngineConnection['writeBuffer']): number {
  let bytes = 0;
  for (const { data } of packets) bytes += typeof data === 'string' ? data.length : (data?.byteLength ?? 0);
  return bytes;
}
