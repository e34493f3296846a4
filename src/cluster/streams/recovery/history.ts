/** Packets that were sent in a namespace, as the stream has them. */
import { type ClusterMessage, MessageType } from 'socket.io-adapter';
import type { StreamsClient } from '../client.js';
import { compareIds, formatPosition, type Position, timeOf } from '../position.js';
import { type Broadcast, isRecoverable, type Sent } from './sent.js';
import { type Entry, entriesOf, type Fields, lastId, MAX_ENTRIES } from '../entries.js';

/** Entries that are asked for at once. */
const PAGE = 1000;

/** The past of one namespace, read from the stream. */
export class History {
  constructor(
    private readonly nsp: string,
    private readonly client: StreamsClient,
    private readonly decodeEntry: (fields: Fields) => ClusterMessage,
  ) {}

  last(): Promise<string> {
    return lastId(this.client, this.client.stream);
  }

  /** Whether everything after that entry is there, or what is gone was gone before that time. */
  async reachesBack(id: string, time: number): Promise<boolean> {
    const { stream } = this.client;
    const [oldest] = entriesOf(await this.client.command('XRANGE', stream, '-', '+', 'COUNT', '1'));
    if (!oldest || compareIds(oldest.id, id) <= 0 || timeOf(oldest.id) < time) return true;
    return Number(await this.client.command('XLEN', stream)) < MAX_ENTRIES;
  }

  /** The packets that were sent after a client's position, up to an entry; each carries the client's next position. */
  async sentAfter(position: Position, last: string): Promise<Sent[]> {
    const sent: Sent[] = [];
    for (let from = position.id; ;) {
      const page = entriesOf(
        await this.client.command('XRANGE', this.client.stream, `(${from}`, last, 'COUNT', String(PAGE)),
      );
      sent.push(...page.flatMap((entry) => this.#sentBy(entry, position) ?? []));
      if (page.length < PAGE) return withoutRepeated(sent);
      from = page.at(-1)!.id;
    }
  }

  #sentBy({ id, message }: Entry, position: Position): Sent | undefined {
    if (message['nsp'] !== this.nsp || message['type'] !== String(MessageType.BROADCAST)) return undefined;
    const broadcast = this.#decode(message);
    if (!broadcast || !isRecoverable(broadcast.packet, broadcast.opts.flags)) return undefined;
    const data = [...broadcast.packet.data, formatPosition({ ...position, id })];
    return { data, opts: broadcast.opts, uid: message['uid'] ?? '', number: Number(message['number']), id };
  }

  #decode(fields: Fields): Broadcast | undefined {
    try {
      const { data } = this.decodeEntry(fields) as unknown as { data: Broadcast };
      return Array.isArray(data.packet.data) && Array.isArray(data.opts.rooms) ? data : undefined;
    } catch {
      return undefined;
    }
  }
}

/** An entry that was added twice, as its sender did not know whether it had come, counts once. */
function withoutRepeated(sent: readonly Sent[]): Sent[] {
  const seen = new Set<string>();
  return sent.filter(({ uid, number }) => {
    const key = `${uid} ${number}`;
    return !seen.has(key) && seen.add(key);
  });
}
