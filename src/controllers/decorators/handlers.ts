/** The decorators that say which moment a method handles. Those without a required argument work bare and called. */
import { metadataOf } from '../metadata/store.js';
import type { Reply } from '../../base/context.js';
import type { ValueOf } from '../emits/declare.js';
import type {
  DeclaredAnswer,
  HandlerKind,
  HandlerMetadata,
  HandlerOptions,
  ReturningOptions,
} from '../metadata/types.js';
import type { Class } from '../../base/reflect.js';
import { isHandlerPlacement, type HandlerDecorator, type HandlerPlacement } from './placement.js';

/** A marker of a lifecycle moment: `@Mark` or `@Mark()`. */
export interface HandlerMark extends HandlerDecorator {
  (options?: HandlerOptions): HandlerDecorator;
}

/** `@On`, `@On()`, `@On('event')`. */
export interface EventMark extends HandlerDecorator {
  <const Returns extends DeclaredAnswer>(
    event: string | undefined,
    options: ReturningOptions<Returns>,
  ): AnsweringDecorator<AnswerFor<Returns>>;
  (event?: string, options?: HandlerOptions): HandlerDecorator;
}

/** `@OnError`, `@OnError()`, `@OnError(ErrorType)`. */
export interface ErrorMark extends HandlerDecorator {
  (errorType?: Class<unknown>): HandlerDecorator;
}

/** Decorates a method that returns what is declared, or a promise of it. */
export interface AnsweringDecorator<Answer> {
  <T extends (...args: never[]) => Answer | PromiseLike<Answer>>(
    target: object & { readonly prototype?: never },
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void;
}

/** The result of a method whose answer is declared: an instance, or data of its shape. */
export type AnswerFor<Returns> = Returns extends readonly unknown[]
  ? Returns['length'] extends 0
    ? undefined | void
    : Returns['length'] extends 1
      ? DataOf<Returns[0]> | Reply<readonly [DataOf<Returns[0]>]>
      : Reply<{ readonly [Index in keyof Returns]: DataOf<Returns[Index]> }>
  : DataOf<Returns>;

type DataOf<Declared> = Declared extends { readonly each: infer Each }
  ? readonly DataOf<Each>[]
  : Data<ValueOf<Declared>>;

/** An object without its methods; anything else as it is. */
type Data<Value> = Value extends string | number | boolean | Uint8Array | readonly unknown[]
  ? Value
  : unknown extends Value
    ? unknown
    : { readonly [Key in keyof Value as Value[Key] extends (...args: never[]) => unknown ? never : Key]: Value[Key] };

function record(placement: HandlerPlacement, row: Omit<HandlerMetadata, 'method'>): void {
  metadataOf(placement[0]).handlers.push({ ...row, method: placement[1] });
}

function mark(kind: HandlerKind): HandlerMark {
  return ((...args: unknown[]) => {
    if (isHandlerPlacement(args)) return record(args, { kind, options: {} });
    const [options = {}] = args as [HandlerOptions?];
    return (...placement: HandlerPlacement) => {
      if (isHandlerPlacement(placement)) record(placement, { kind, options });
    };
  }) as HandlerMark;
}

/**
 * Handles an event; what the method returns is the acknowledgement. Without a name, the method's name is the event's.
 * Several on one method all count.
 */
export const On: EventMark = ((...args: unknown[]) => {
  if (isHandlerPlacement(args)) return record(args, { kind: 'event', options: {} });
  const [event, options = {}] = args as [string?, HandlerMetadata['options']?];
  return (...placement: HandlerPlacement) => {
    if (isHandlerPlacement(placement)) {
      record(placement, { kind: 'event', options, ...(event === undefined ? {} : { event }) });
    }
  };
}) as EventMark;

/** Handles the unnamed text event, `socket.send('…')` of a client: the same as `@On('message')`. */
export function OnMessage(options?: HandlerOptions): HandlerDecorator {
  return On('message', options);
}

/** Handles every event of the namespace that nothing else handles; `@EventName()` tells which one came. */
export const OnAny: HandlerMark = mark('any');

/**
 * Runs before the client is told that it is connected. Returning `false` or throwing refuses it; what is emitted here
 * arrives after the client's own `connect`.
 */
export const OnConnect: HandlerMark = mark('connect');

/** Runs exactly once for every connection that was accepted, when it has ended. */
export const OnDisconnect: HandlerMark = mark('disconnect');

/** Runs when a socket of this namespace has entered a room, whatever the cause; `@Room()` tells which one. */
export const OnJoin: HandlerMark = mark('join');

/** Runs when a socket of this namespace has left a room, whatever the cause; `@Room()` tells which one. */
export const OnLeave: HandlerMark = mark('leave');

/**
 * Handles what the handlers of this class throw, `(error, context)`. Given a class of errors, only those; the most
 * derived class wins. What it returns, if anything, answers the client. What the application's own middleware throws
 * around a connection goes to the first class of the namespace that takes it.
 */
export const OnError: ErrorMark = ((...args: unknown[]) => {
  if (isHandlerPlacement(args)) return record(args, { kind: 'error', options: {} });
  const [errorType] = args as [Class<unknown>?];
  const row = { kind: 'error', options: {}, ...(args.length === 0 ? {} : { errorType }) } as const;
  return (...placement: HandlerPlacement) => {
    if (isHandlerPlacement(placement)) record(placement, row);
  };
}) as ErrorMark;
