/** Sends the recorded calls of sockets to an application again, in their order, and compares how they end. */
import { isDeepStrictEqual } from 'node:util';
import type { Server } from 'socket.io';
import type { Dump, Recorded, RecordedCall, RecordedConnection, RecordedEntry } from './dump.js';
import { revive } from './fields.js';
import { Recorder } from './recorder.js';

/** A client of the application that is replayed to. */
export interface ReplayClient {
  readonly id: string | undefined;
  emit(event: string, ...args: unknown[]): unknown;
  readonly socket: { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> };
  disconnect(): Promise<void>;
}

/** The application that is replayed to, as the test kit offers it. */
export interface ReplayHost {
  readonly io: unknown;
  connect(namespace: string, options: { readonly auth?: object; readonly query?: object }): Promise<ReplayClient>;
  /** Resolves when what was sent has been handled. */
  settled(): Promise<void>;
}

export interface ReplayOptions {
  /** Only the calls of this socket; of all sockets unless given. */
  readonly socket?: string;
}

/** A call that ended in another way than it was recorded. */
export interface Difference {
  readonly recorded: RecordedCall;
  /** `undefined` if it had no end: its client could not connect. */
  readonly replayed: RecordedCall | undefined;
}

export interface Replay {
  /** The calls that were sent. */
  readonly calls: readonly RecordedCall[];
  /** The calls that cannot be made to happen again: refused by a limit, or their client was gone. */
  readonly skipped: readonly RecordedCall[];
  /** How many values were not recorded, so that others of their kind and length were sent. */
  readonly madeUp: number;
  readonly differences: readonly Difference[];
}

/**
 * Replays a dump, one call after the other.
 * @returns the answers of now beside those that were recorded
 */
export async function replay(dump: Dump, host: ReplayHost, { socket }: ReplayOptions = {}): Promise<Replay> {
  const entries = dump.entries.filter((entry) => socket === undefined || entry.socket === socket);
  const { calls, skipped } = callsOf(entries);
  const recorder = new Recorder(host.io as Server, { size: 2 ** 40, fields: dump.fields });
  const clients = new Clients(host, entries);
  const differences: Difference[] = [];
  let madeUp = 0;
  try {
    for (const call of calls) {
      const client = await clients.of(call.socket, call.namespace);
      const args = revive(call.args);
      madeUp += args.madeUp;
      const before = recorder.dump().entries.length;
      if (client) await send(client, call, args.values, host);
      const replayed =
        client &&
        recorder
          .dump()
          .entries.slice(before)
          .find((entry) => isReplayOf(entry, call, client.id));
      if (!replayed || !isSame(call, replayed as RecordedCall))
        differences.push({ recorded: call, replayed: replayed as RecordedCall | undefined });
    }
  } finally {
    recorder.stop();
    await clients.close();
  }
  return { calls, skipped, madeUp, differences };
}

/** The clients of a replay: one for each recorded socket, connected as that was. */
class Clients {
  readonly #open = new Map<string, ReplayClient | undefined>();

  constructor(
    private readonly host: ReplayHost,
    private readonly entries: readonly RecordedEntry[],
  ) {}

  /** Returns the client of a socket; `undefined` if it is not let in. */
  async of(socket: string, namespace: string): Promise<ReplayClient | undefined> {
    if (!this.#open.has(socket)) {
      const [handshake] = this.entries.filter(
        (each): each is RecordedConnection => each.socket === socket && 'auth' in each,
      );
      const auth = partOf(handshake?.auth);
      const query = partOf(handshake?.query);
      const client = await this.host
        .connect(namespace, { ...(auth && { auth }), ...(query && { query }) })
        .catch(() => undefined);
      this.#open.set(socket, client);
    }
    return this.#open.get(socket);
  }

  async close(): Promise<void> {
    for (const client of this.#open.values()) await client?.disconnect();
  }
}

function partOf(recorded: Recorded | undefined): object | undefined {
  if (recorded === undefined || recorded === null) return undefined;
  const [value] = revive([recorded]).values;
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? value : undefined;
}

/** Outcomes that depend on what else happened at the time. */
const passing: ReadonlySet<string | undefined> = new Set(['rate_limited', 'busy', 'closing']);

function callsOf(entries: readonly RecordedEntry[]): { calls: RecordedCall[]; skipped: RecordedCall[] } {
  const all = entries
    .filter((entry): entry is RecordedCall => entry.type === 'call' && entry.kind === 'event')
    .toSorted((a, b) => a.at - b.at);
  const isRepeatable = ({ outcome: { kind, code } }: RecordedCall): boolean =>
    kind !== 'gone' && kind !== 'passed' && !passing.has(code);
  return { calls: all.filter(isRepeatable), skipped: all.filter((call) => !isRepeatable(call)) };
}

async function send(
  client: ReplayClient,
  { event, asks }: RecordedCall,
  values: unknown[],
  host: ReplayHost,
): Promise<void> {
  if (asks) await client.socket.emitWithAck(event, ...values);
  else client.emit(event, ...values);
  await host.settled();
}

function isReplayOf(entry: RecordedEntry, call: RecordedCall, socket: string | undefined): boolean {
  return entry.type === 'call' && entry.kind === 'event' && entry.event === call.event && entry.socket === socket;
}

/** The ids of failures are new ones. */
function isSame(recorded: RecordedCall, replayed: RecordedCall): boolean {
  const { outcome } = recorded;
  return (
    outcome.kind === replayed.outcome.kind &&
    outcome.code === replayed.outcome.code &&
    (outcome.code === 'internal' || isDeepStrictEqual(recorded.answer, replayed.answer))
  );
}
