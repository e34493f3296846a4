/** The signals that ask a command to end. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens for the first signal, from the call on: a user may press Ctrl-C before anything is printed. */
export class Signals {
  readonly #onSignal = (signal: NodeJS.Signals): void => this.#resolve(signal);
  #resolve!: (signal: NodeJS.Signals) => void;

  /** The first signal. */
  readonly first = new Promise<NodeJS.Signals>((resolve) => (this.#resolve = resolve));

  constructor() {
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** Lets signals end the process again, as they do by default. */
  close(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }
}
