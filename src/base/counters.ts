/** Counts of everything that was dropped, refused or cut off, and the rule to log one complaint once. */

/** The kinds that are counted; `app.health().counts` shows them. */
export const counted = [
  'address_limit',
  'allow_request',
  'bad_handshake',
  'busy',
  'callback_failed',
  'closing',
  'connect_rate',
  'connect_twice',
  'connection_rate',
  'depth',
  'dropped_answer',
  'dropped_result',
  'host',
  'invalid_packet',
  'join_time',
  'listener_failed',
  'namespaces',
  'origin',
  'payload',
  'rate_limited',
  'recovery',
  'send_buffer',
  'unbuffered',
  'unknown_event',
  'unknown_namespace',
  'unknown_session',
  'unsendable',
  'unreadable',
] as const;

/** A kind of thing that was dropped, refused or cut off. */
export type CountedKind = (typeof counted)[number];

/** How often each kind came up; kinds that never did are absent. */
export type Counts = Readonly<Partial<Record<CountedKind, number>>>;

/** Most complaints that are remembered of one client. */
const MOST_COMPLAINTS = 100;

/** The counters of one application. */
export class Counters {
  readonly #counts = new Map<CountedKind, number>();
  readonly #complaints = new WeakMap<object, Set<string>>();

  count(kind: CountedKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Whether a complaint about a client is new, so that it should be logged. A client makes a hundred log lines at most. */
  isNew(client: object, complaint: string): boolean {
    let known = this.#complaints.get(client);
    if (!known) this.#complaints.set(client, (known = new Set()));
    if (known.has(complaint) || known.size >= MOST_COMPLAINTS) return false;
    known.add(complaint);
    return true;
  }

  get counts(): Counts {
    return Object.fromEntries(this.#counts);
  }
}
