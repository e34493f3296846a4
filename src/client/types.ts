/** The types of a contract: what the generated file is written with, and what a client makes of it. */

/** One namespace: the events that it takes, and those that it sends. */
export interface NamespaceTypes {
  readonly events: object;
  readonly emits: object;
}

/** The arguments of an event, its answer, and its error codes. */
export interface CallTypes {
  readonly args: readonly unknown[];
  readonly answer: unknown;
  readonly codes: string;
}

/** Bytes: a browser receives an `ArrayBuffer`, Node.js a `Buffer`. */
export type Bytes = ArrayBuffer | Uint8Array;

/** A value after JSON: dates are text, a Map is an object, a Set is an array, methods are not sent. */
export type Json<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends Bytes
      ? Bytes
      : T extends bigint | symbol | ((...args: never[]) => unknown)
        ? never
        : T extends { toJSON(key?: never): infer Sent }
          ? Json<Sent>
          : T extends ReadonlyMap<unknown, infer Value>
            ? { [key: string]: Json<Value> }
            : T extends ReadonlySet<infer Value>
              ? Json<Value>[]
              : T extends readonly unknown[]
                ? { -readonly [Index in keyof T]: Json<T[Index]> }
                : { -readonly [Key in keyof T as T[Key] extends Method ? never : Key & string]: Json<T[Key]> };

type Method = (...args: never[]) => unknown;

/** The position of a parameter's value: its index, `-1` for anything, or the positions of an object's properties. */
type Place = number | undefined | { readonly [property: string]: number | undefined };

/**
 * An event as its handler declares it. `Positions` are those of the parameters that come from the client, in the order in
 * which they are sent: `Call<ChatController['say'], [0]>`.
 */
export interface Call<Handler, Positions extends readonly Place[], Codes extends string = never> {
  readonly args: { [Index in keyof Positions]: ArgumentAt<ParametersOf<Handler>, Positions[Index]> };
  readonly answer: AnswerOf<Handler>;
  readonly codes: Codes;
}

type ParametersOf<Handler> = Handler extends (...args: infer Args) => unknown ? Args : never;

type ArgumentAt<Args extends readonly unknown[], At> = At extends -1
  ? unknown
  : At extends number
    ? Json<Args[At]>
    : { [Key in keyof At]: ArgumentAt<Args, At[Key]> };

/** The answer of a handler: its result, or its values if it returns `reply(…)`. */
type AnswerOf<Handler> = Handler extends (...args: never[]) => infer Result ? Answered<Awaited<Result>> : never;

type Answered<Result> = Result extends { readonly '~reply': infer Values extends readonly unknown[] }
  ? Values['length'] extends 1
    ? Json<Values[0]>
    : Json<Values>
  : Result extends void
    ? undefined
    : Json<Result>;

/** The codes that the framework itself answers with. */
export type FrameworkCode =
  | 'invalid'
  | 'internal'
  | 'unknown_event'
  | 'timeout'
  | 'busy'
  | 'rate_limited'
  | 'closing'
  | 'refused'
  | 'disconnected';

/** The names of the events that a namespace takes. */
export type EventName<Namespace extends NamespaceTypes> = keyof Namespace['events'] & string;

/** The names of the events that a namespace sends. */
export type EmissionName<Namespace extends NamespaceTypes> = keyof Namespace['emits'] & string;

type CallOf<Namespace extends NamespaceTypes, Event> = Event extends keyof Namespace['events']
  ? Namespace['events'][Event] extends CallTypes
    ? Namespace['events'][Event]
    : never
  : never;

/** The arguments of an event. */
export type ArgsOf<Namespace extends NamespaceTypes, Event> = CallOf<Namespace, Event>['args'];

/** The answer to an event. */
export type ResultOf<Namespace extends NamespaceTypes, Event> = CallOf<Namespace, Event>['answer'];

/** The codes that an event may be refused with. */
export type CodeOf<Namespace extends NamespaceTypes, Event> = CallOf<Namespace, Event>['codes'] | FrameworkCode;

/** The arguments of an event that a namespace sends. */
export type ReceivedOf<Namespace extends NamespaceTypes, Event> = Event extends keyof Namespace['emits']
  ? Namespace['emits'][Event] extends infer Args extends readonly unknown[]
    ? Args
    : never
  : never;

/** The first type of `Socket<…>` of socket.io-client: what is sent to clients. */
export type Events<Namespace extends NamespaceTypes> = {
  [Event in EmissionName<Namespace>]: (...args: [...ReceivedOf<Namespace, Event>]) => void;
} & { exception: (failure: ExceptionEvent) => void };

/** The second type of `Socket<…>` of socket.io-client: what clients send; each event is acknowledged. */
export type Calls<Namespace extends NamespaceTypes> = {
  [Event in EventName<Namespace>]: (
    ...args: [...Required<ArgsOf<Namespace, Event>>, ack: (answer: ResultOf<Namespace, Event> | FailedAnswer) => void]
  ) => void;
};

/** The answer to a failed call, see the table of the contract on the wire. */
export interface CallFailure<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly details?: unknown;
  readonly issues?: readonly {
    readonly path: string;
    readonly rule: string;
    readonly message: string;
    readonly context?: unknown;
  }[];
  readonly id?: string;
}

/** The answer to a failed call. */
export interface FailedAnswer<Code extends string = string> {
  readonly error: CallFailure<Code>;
}

/** The event `exception`: an event failed that asked for no answer. */
export interface ExceptionEvent {
  readonly event: string;
  readonly error: CallFailure;
}
