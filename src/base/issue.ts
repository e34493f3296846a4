/** One broken rule of a payload, as the client reads it. */

/** One broken rule. */
export interface Issue {
  /**
   * The place: property names and indexes joined with dots, `items.3.name`; first the argument's index if a handler takes
   * several, the property or the header that a decorator names. `''` is the value itself.
   */
  readonly path: string;
  /** Which: the name of the class-validator rule (`isString`, `isLength` …), or `object`, `array`, `shape`, `transform`, `validator`. */
  readonly rule: string;
  /** The message of class-validator, for the client. */
  readonly message: string;
  /** The `context` of the rule's decorator, as it was written there. */
  readonly context?: unknown;
}
