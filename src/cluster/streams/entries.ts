/** Entries of the stream, and how Redis's replies are read as such. */

/** Entries that the stream keeps at least. A node that is further behind than this misses some. */
export const MAX_ENTRIES = 100_000;

/** An entry of the stream, in the words of the official adapter. */
export type Fields = Readonly<Record<string, string>>;

export interface Entry {
  readonly id: string;
  readonly message: Fields;
}

/** The id of the youngest entry, smaller than any if there is none. */
export async function lastId(client: Commands, stream: string): Promise<string> {
  return entriesOf(await client.command('XREVRANGE', stream, '+', '-', 'COUNT', '1'))[0]?.id ?? '0-0';
}

/** The entries of a reply of XRANGE. What is no text in them is left out. */
export function entriesOf(reply: unknown): Entry[] {
  const rows = Array.isArray(reply) ? (reply as [string, string[]][]) : [];
  return rows.map(([id, parts]) => {
    const message: Record<string, string> = {};
    for (let at = 0; at + 1 < parts.length; at += 2) message[String(parts[at])] = String(parts[at + 1]);
    return { id, message };
  });
}

/** Of the one stream. The reply is a map of streams or a list of pairs, as the protocol and the library have it. */
export function entriesRead(reply: unknown): Entry[] {
  if (reply === null || typeof reply !== 'object') return [];
  if (!Array.isArray(reply)) return entriesOf(Object.values(reply)[0]);
  return entriesOf(Array.isArray(reply[0]) ? reply[0][1] : reply[1]);
}

/** Sends commands to Redis. */
interface Commands {
  command(name: string, ...args: string[]): Promise<unknown>;
}
