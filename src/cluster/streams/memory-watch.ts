/** Notices that Redis has no memory left for entries, and when it has some again. */
import type { SessionEvents } from '../transports/transport.js';

/** Milliseconds between two attempts. */
const PAUSE = 1000;

export class MemoryWatch {
  #timer: NodeJS.Timeout | undefined;

  /** @param attempt writes something small; rejects while there is no memory */
  constructor(
    private readonly events: Pick<SessionEvents, 'blocked'>,
    private readonly attempt: () => Promise<unknown>,
  ) {}

  /** An entry was refused. */
  refused(error: unknown): void {
    if (this.#timer || !isFull(error)) return;
    this.events.blocked(`Redis takes no entries: ${error instanceof Error ? error.message : String(error)}`);
    this.#tryAgain();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tryAgain(): void {
    this.#timer = setTimeout(() => {
      this.attempt().then(
        () => {
          this.#timer = undefined;
          this.events.blocked(null);
        },
        () => this.#tryAgain(),
      );
    }, PAUSE);
    this.#timer.unref();
  }
}

export function isFull(error: unknown): boolean {
  return /\bOOM\b|MISCONF/.test(String(error));
}
