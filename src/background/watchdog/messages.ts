/** The messages between the two threads of the watchdog. */

/** One level of the stack that blocks the event loop. */
export interface Frame {
  /** `Class.method`, or the name of a function. */
  readonly name: string;
  /** File and line, as they were compiled. */
  readonly at: string;
}

/** To the watching thread, when it starts. */
export interface ThreadOptions {
  /** Milliseconds without an answer after which the event loop is looked at. */
  readonly time: number;
}

/** From the watching thread: a question that a free event loop answers at once, or what it saw. */
export type FromThread = 'are you there?' | { readonly ms: number; readonly stack: readonly Frame[] };
