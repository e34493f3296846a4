/** Declared emissions: the types of the declaration, and the error for an emission that does not fit it. */
import type { DefaultEventsMap } from 'socket.io';
import type { Class, Issue } from '../../payload/index.js';

/**
 * The type of one argument: a DTO class; `String`, `Number`, `Boolean`, `Buffer`, `Uint8Array`, `Array`; `Object` for
 * anything; or an array whose every element is such.
 */
export type EmittedArgument = Class | { readonly each: Class };

/**
 * The events that may be sent, and the arguments of each: one, or a list of them. `Function` at the end of a list says
 * to the types that clients may be asked to acknowledge.
 *
 *     const events = { said: Said, moved: [Point, Number], cleared: [], asked: [String, Function] } as const;
 */
export interface EmittedEvents {
  readonly [event: string]: EmittedArgument | readonly EmittedArgument[];
}

/** Declared events as Socket.IO takes them, for the `EmitEvents` of its `Server`, `Namespace` and `Socket`. */
export type EventsOf<Events extends EmittedEvents> = string extends keyof Events
  ? DefaultEventsMap
  : { [Event in keyof Events]: (...args: ArgumentsOf<Events[Event]>) => void };

type ArgumentsOf<Declared> = Declared extends readonly unknown[]
  ? number extends Declared['length']
    ? ['the declared events need `as const`']
    : ValuesOf<Declared>
  : [ValueOf<Declared>];

type ValuesOf<Declared extends readonly unknown[]> = { -readonly [Index in keyof Declared]: ValueOf<Declared[Index]> };

/** The value type of a declared class, or of an array of such. */
export type ValueOf<Declared> = Declared extends { readonly each: infer Each }
  ? readonly ValueOf<Each>[]
  : Declared extends StringConstructor
    ? string
    : Declared extends NumberConstructor
      ? number
      : Declared extends BooleanConstructor
        ? boolean
        : Declared extends BufferConstructor
          ? Buffer
          : Declared extends ArrayConstructor
            ? readonly unknown[]
            : Declared extends FunctionConstructor
              ? (answer: unknown) => void
              : Declared extends ObjectConstructor
                ? unknown
                : Declared extends Class
                  ? InstanceType<Declared>
                  : never;

/**
 * Thrown to the caller of `emit` for what the option `emits` does not allow; nothing was sent. It is a mistake of the
 * program, not of a client: thrown out of a handler it answers `internal`, like any other error.
 */
export class InvalidEmission extends Error {
  override readonly name = 'InvalidEmission';

  /**
   * @param event the event's name
   * @param issues what is wrong, at most 20; paths begin with the index of the argument if there are several
   */
  constructor(
    readonly event: string,
    readonly issues: readonly Issue[],
    cause?: unknown,
  ) {
    const reasons = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    super(`The event '${event}' was not sent: ${reasons.join('; ')}`, cause === undefined ? undefined : { cause });
  }
}

/**
 * Thrown for an answer that `returns` does not allow; the caller is answered `internal`. It is a mistake of the program, not of
 * a client.
 */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';

  /**
   * @param handler `Class.method`
   * @param issues what is wrong, at most 20
   */
  constructor(
    readonly handler: string,
    readonly issues: readonly Issue[],
    cause?: unknown,
  ) {
    const reasons = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    super(
      `The answer of ${handler} is not what \`returns\` declares: ${reasons.join('; ')}`,
      cause === undefined ? undefined : { cause },
    );
  }
}
