/** The transports of all clients: how they are connected, how much waits to be sent to each, and who is cut off. */
import type { Server } from 'socket.io';
import type { Logger } from '../base/log.js';

/** Milliseconds between two looks at all clients. */
const interval = 1_000;
/** So many clients, for so many looks, all on long-polling: WebSocket does not get through to this server. */
const suspicious = { clients: 10, looks: 30 };

/** What is known of an Engine.IO connection and its transport. */
interface EngineConnection {
  readonly writeBuffer: readonly { readonly data?: string | ArrayBuffer | ArrayBufferView }[];
  readonly transport: {
    readonly name: string;
    readonly socket?: { readonly bufferedAmount?: number; terminate?(): void };
  };
  close(discard?: boolean): void;
  once(event: 'drain' | 'close', listener: () => void): void;
}

/** How many clients use each transport. */
export type TransportCounts = Readonly<Record<string, number>>;

export class Clients {
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  constructor(
    private readonly io: Server,
    private readonly sendBuffer: number,
    private readonly log: Logger,
  ) {}

  /** Begins to look at all clients now and then; it does not keep the process alive. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#look(), interval).unref();
  }

  stopWatching(): void {
    clearInterval(this.#timer);
  }

  get transports(): TransportCounts {
    const counts: Record<string, number> = {};
    for (const { transport } of Object.values(this.#all)) counts[transport.name] = (counts[transport.name] ?? 0) + 1;
    return counts;
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
    for (const id in all) {
      count++;
      if (all[id]!.transport.name === 'polling') polling++;
      this.#cutSlow(all[id]!);
    }
    this.#looks = count >= suspicious.clients && polling === count ? this.#looks + 1 : 0;
    if (this.#looks === suspicious.looks) {
      this.log.warn(
        { clients: count },
        'all clients use long-polling: something before this server keeps WebSocket out',
      );
    }
  }

  /** What waits for one client must not fill the server's memory. */
  #cutSlow(client: EngineConnection): void {
    if (this.sendBuffer === Infinity) return;
    const waiting = client.transport.socket?.bufferedAmount ?? 0;
    if (waiting + bytesOf(client.writeBuffer) <= this.sendBuffer) return;
    this.log.warn({ limit: this.sendBuffer }, 'a client reads too slowly (limits.sendBuffer) and is disconnected');
    client.close(true);
    // A peer that reads nothing does not answer the closing handshake either.
    client.transport.socket?.terminate?.();
  }
}

function bytesOf(packets: EngineConnection['writeBuffer']): number {
  let bytes = 0;
  for (const { data } of packets) bytes += typeof data === 'string' ? data.length : (data?.byteLength ?? 0);
  return bytes;
}
