/** Questions to other nodes that wait for answers. */
import { randomBytes } from 'node:crypto';

const PROBE_AFTER = 250;

export interface Question {
  /** Milliseconds until `timedOut`. */
  readonly timeout: number;
  /** One answer of a node; true when that node has no more to say. */
  answer(data: Readonly<Record<string, unknown>>): boolean;
  /** A node that was asked is gone, and had not finished. */
  gone(): void;
  /** Every node has finished or is gone. */
  done(): void;
  timedOut(missing: number): void;
  /** After `done`, answers are still welcome until the time is over (acknowledgements of clients). */
  readonly lingers?: boolean;
}

interface Open {
  readonly question: Question;
  readonly asked: ReadonlySet<string>;
  readonly missing: Set<string>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Questions to other nodes that wait for answers. A node that is silent for a quarter of a second is looked up at the
 * broker, so that one which has died holds no question up until its heartbeat is missed.
 */
export class Requests {
  readonly #open = new Map<string, Open>();
  #probing: NodeJS.Timeout | undefined;

  /** @param failed is called with what a question's own functions throw */
  constructor(
    private readonly probe: (uid: string) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Opens a question to these nodes (one at least) and returns its id. */
  ask(nodes: readonly string[], question: Question): string {
    const id = randomBytes(8).toString('hex');
    const timer = setTimeout(() => {
      const missing = this.#open.get(id)?.missing.size ?? 0;
      this.#open.delete(id);
      this.#tell(() => question.timedOut(missing));
    }, question.timeout);
    this.#open.set(id, { question, asked: new Set(nodes), missing: new Set(nodes), timer });
    if (!this.#probing) this.#probeIn(PROBE_AFTER);
    return id;
  }

  /** Takes a question back: nothing of it is called any more. */
  cancel(id: string): void {
    clearTimeout(this.#open.get(id)?.timer);
    this.#open.delete(id);
  }

  answer(uid: string, id: string, data: Readonly<Record<string, unknown>>): void {
    const open = this.#open.get(id);
    if (!open?.asked.has(uid)) return;
    if (this.#tell(() => open.question.answer(data)) !== false) this.#finish(id, open, uid);
  }

  gone(uid: string): void {
    for (const [id, open] of this.#open) {
      if (!open.missing.has(uid)) continue;
      this.#tell(() => open.question.gone());
      this.#finish(id, open, uid);
    }
  }

  /** No node can be reached any more. */
  goneAll(): void {
    for (const uid of this.#silent()) this.gone(uid);
  }

  /** No node is asked any more; keeps no timer. */
  close(): void {
    this.goneAll();
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
    clearTimeout(this.#probing);
  }

  #finish(id: string, open: Open, uid: string): void {
    if (!open.missing.delete(uid) || open.missing.size > 0) return;
    this.#drop(id, open);
    this.#tell(() => open.question.done());
  }

  /** A question ends in a callback of the application's: one that throws holds up neither other questions nor the link. */
  #tell<T>(tell: () => T): T | undefined {
    try {
      return tell();
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  #drop(id: string, open: Open): void {
    if (open.question.lingers) return;
    clearTimeout(open.timer);
    this.#open.delete(id);
  }

  #silent(): Set<string> {
    return new Set([...this.#open.values()].flatMap((open) => [...open.missing]));
  }

  #probeIn(ms: number): void {
    this.#probing = setTimeout(() => {
      this.#probing = undefined;
      const silent = this.#silent();
      if (silent.size === 0) return;
      for (const uid of silent) void this.probe(uid);
      this.#probeIn(4 * PROBE_AFTER);
    }, ms).unref();
  }
}
