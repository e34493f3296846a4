/** The metadata that decorators record about a class: plain facts, nothing concluded. */
import type { Class } from '../../base/reflect.js';
import type { EmittedArgument } from '../emits/declare.js';
import type { PayloadOptions } from '../../payload/index.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { EventContext } from '../../base/context.js';

export type MethodName = string | symbol;

/** The moments that a method can handle. */
export type HandlerKind = 'event' | 'any' | 'connect' | 'disconnect' | 'error' | 'join' | 'leave';

/** The options of handler decorators, `@On('say', { timeout: 500 })`. */
export interface HandlerOptions {
  /** Milliseconds after which the caller is answered `timeout`; the application's limit unless given. */
  readonly timeout?: number;
  /** The codes of the errors that the handler answers with, for the contract. */
  readonly throws?: readonly string[];
  /** The purpose of the event in one sentence, for the contract. */
  readonly summary?: string;
  /** Says in the contract that clients should use something else: `true`, or what. */
  readonly deprecated?: boolean | string;
}

/** The declaration of an answer: a class, `String` …, or a list of them for the values of `reply`. */
export type DeclaredAnswer = EmittedArgument | readonly EmittedArgument[];

/** The same with what the handler answers. */
export interface ReturningOptions<Returns extends DeclaredAnswer = DeclaredAnswer> extends HandlerOptions {
  /**
   * The declaration of the answer, in the words of `emits`: `Said`, `{ each: Said }`, `[Said, Number]` for `reply(…)`, `[]` for nothing. Keys
   * without a rule do not leave, and what does not fit answers `internal`.
   */
  readonly returns: Returns;
}

export interface HandlerMetadata {
  readonly kind: HandlerKind;
  readonly method: MethodName;
  /** The event's name, if `kind` is `event`; the method's name unless given. */
  readonly event?: string;
  /** The class of errors, if `kind` is `error`; all unless given. */
  readonly errorType?: Class<unknown> | undefined;
  readonly options: HandlerOptions & Partial<ReturningOptions>;
}

/** The source of a decorated parameter's value. */
export type ParamKind =
  | 'payload'
  | 'args'
  | 'ack'
  | 'auth'
  | 'query'
  | 'header'
  | 'cookie'
  | 'handshake'
  | 'param'
  | 'socket'
  | 'id'
  | 'rooms'
  | 'room'
  | 'data'
  | 'event'
  | 'reason'
  | 'transport'
  | 'recovered'
  | 'signal'
  | 'custom';

/** How a payload is read; the libraries' own options, with what TypeScript's types cannot say at run time. */
export interface ParamOptions extends PayloadOptions {
  /** The class, if the written type does not say it: `Dto | null`, an interface, a generic. `Object` passes anything. */
  readonly type?: Class<unknown>;
  /** The class of every element of an array. */
  readonly each?: Class<unknown>;
  /** The enum of which the argument must be a value: TypeScript keeps only its base type at run time. */
  readonly enum?: Readonly<Record<string, string | number>>;
  /** Accept that the argument is missing or `null`; the handler gets `undefined`. */
  readonly optional?: boolean;
}

export interface ParamMetadata {
  readonly kind: ParamKind;
  readonly method: MethodName;
  readonly index: number;
  /** A property's name, or the position of an argument. */
  readonly key?: string | number;
  readonly options: ParamOptions;
  readonly read?: (context: EventContext) => unknown;
  /** How a table names a custom decorator. */
  readonly label?: string;
}

export interface UseMetadata {
  /** Absent if the whole class is meant. */
  readonly method?: MethodName;
  readonly middleware: readonly MiddlewareLike[];
}

/** The receivers of an emission: the caller, everybody else in the namespace, everybody, or rooms (then without the caller). */
export type EmissionTarget =
  | 'sender'
  | 'others'
  | 'all'
  | { readonly room: string | ((value: unknown, context: EventContext) => string | string[]) };

/** The options of `@Emit`: to whom, and when. */
export interface EmissionOptions {
  /** `sender` unless given. */
  readonly to?: EmissionTarget;
  /** Emits nothing if the handler returned `undefined` or `null`. */
  readonly skipEmpty?: boolean;
  /** Emits on failures of this class only, and then the answer of that failure; `Error` means all of them. */
  readonly on?: Class<unknown>;
}

export interface EmissionMetadata {
  readonly method: MethodName;
  readonly event: string;
  readonly options: EmissionOptions;
}

/** The options of `@Background`: when the work begins and ends, how often it is done, and on how many nodes. */
export interface BackgroundOptions {
  /** Milliseconds from one call to the next, never two at once; without it, one call is expected to loop by itself. */
  readonly every?: number;
  /**
   * `boot`: when the application begins to serve (`listen`, `attach`). `first-client`: when the first client has
   * connected. Unless given, what `stop` implies: `first-client` for `last-client`, else `boot`.
   */
  readonly start?: 'boot' | 'first-client';
  /** `shutdown` unless given. After `last-client`, the next first client starts it again. */
  readonly stop?: 'shutdown' | 'last-client';
  /**
   * Runs on one node of a cluster only: on the one that holds the lease. Where several are there, they agree on it first,
   * for as long as `timeout - interval` of the adapter's heartbeat.
   */
  readonly once?: 'cluster';
  /**
   * The name that the nodes agree on, with `once`; `Class.method` unless given. Where names are minified, give it: they differ
   * between builds, and two nodes with different names both run the work.
   */
  readonly key?: string;
}

export interface BackgroundMetadata {
  readonly method: MethodName;
  readonly options: BackgroundOptions;
}

/** The options of `@Namespace`: how the class is built, and how its payloads are read. */
export interface NamespaceOptions {
  /**
   * How long an object of the class lives: `app` (unless given) with the application; `connection` with a socket; `event` with
   * one call, from its first handler or middleware to its answer. For the latter two, the class and its services that are
   * `@scoped(Lifecycle.ContainerScoped)` are built anew each time, and disposed of. What they need must be registered when
   * `createApp` is called, which looks whether the container will be able to build it.
   */
  readonly scope?: 'app' | 'connection' | 'event';
  /** How the payloads of this class are read. */
  readonly payload?: PayloadOptions;
}

export interface NamespaceMetadata {
  readonly path: string | RegExp;
  readonly options: NamespaceOptions;
}

/** All that was said about one class itself, in the order in which it was said. */
export interface ClassMetadata {
  readonly namespaces: NamespaceMetadata[];
  readonly handlers: HandlerMetadata[];
  readonly params: ParamMetadata[];
  readonly uses: UseMetadata[];
  readonly emissions: EmissionMetadata[];
  readonly backgrounds: BackgroundMetadata[];
}
