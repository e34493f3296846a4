/** Calls a method with the arguments that its readers make: the inmost step of every chain. */
import type { EventContext } from '../../base/context.js';
import { InvalidPayload } from '../../base/errors.js';
import { Invalid } from '../../payload/index.js';
import { guardRejection } from '../../base/thenable.js';
import type { Target } from './instances.js';
import type { ArgumentPlan, Reader } from './types.js';

type Methods = Record<string | symbol, (...values: unknown[]) => unknown>;

type Invocation = (context: EventContext, error?: unknown) => unknown;

/**
 * A promise is awaited only if a reader returned one. A value that broke its rules keeps the method from running, and is
 * given as the result, an `Invalid`: a client's mistake is not worth what throwing costs.
 */
export function invoke(target: Target, method: string | symbol, args: readonly ArgumentPlan[]): Invocation {
  const readers = args.map((argument) => argument.read);
  const hasRest = args.at(-1)?.spread === true;
  if (readers.length === 1 && !hasRest && 'instance' in target) return invokeOne(target.instance, method, readers[0]!);
  const call = (context: EventContext, values: unknown[]): unknown => {
    context.reached = true;
    if (context.kind === 'connect') context.connection.enter();
    const given = hasRest ? withRest(values) : values;
    if ('perCall' in target) return context.inScope(target.perCall, (own) => (own as Methods)[method]!(...given));
    const instance = 'instance' in target ? target.instance : context.connection.scoped(target.perConnection);
    return (instance as Methods)[method]!(...given);
  };
  return (context, error) => {
    const values = new Array<unknown>(readers.length);
    const outcome = read(readers, context, error, values);
    if (outcome === 'complete') return call(context, values);
    if (outcome !== 'pending') return outcome;
    return Promise.all(values).then((all) => all.find(isInvalid) ?? call(context, all));
  };
}

/** The same for one argument and an object that all calls share, as most handlers have it: no list is made. */
function invokeOne(instance: object, method: string | symbol, reader: Reader): Invocation {
  const call = (context: EventContext, value: unknown): unknown => {
    context.reached = true;
    if (context.kind === 'connect') context.connection.enter();
    return (instance as Methods)[method]!(value);
  };
  return (context, error) => {
    const value = reader(context, error);
    if (isInvalid(value)) return value;
    if (!(value instanceof Promise)) return call(context, value);
    return value.then((late: unknown) => (isInvalid(late) ? late : call(context, late)));
  };
}

/** The values with the list for the rest parameter spread at their end. */
function withRest(values: readonly unknown[]): unknown[] {
  return [...values.slice(0, -1), ...(values.at(-1) as unknown[])];
}

/** The same for those who expect a refusal to be thrown: middleware, and the moments of a connection. */
export function throwing(invocation: Invocation): Invocation {
  return (context, error) => {
    const result = invocation(context, error);
    return result instanceof Promise ? result.then(passed) : passed(result);
  };
}

/** Fills `values`. If one is refused, or a reader throws, the others are not awaited. */
function read(
  readers: readonly Reader[],
  context: EventContext,
  error: unknown,
  values: unknown[],
): 'complete' | 'pending' | Invalid {
  let outcome: 'complete' | 'pending' = 'complete';
  try {
    for (let index = 0; index < readers.length; index++) {
      const value = (values[index] = readers[index]!(context, error));
      if (value instanceof Promise) outcome = 'pending';
      else if (isInvalid(value)) return abandon(values, value);
    }
  } catch (refusal) {
    throw abandon(values, refusal);
  }
  return outcome;
}

function abandon<Refusal>(values: unknown[], refusal: Refusal): Refusal {
  values.forEach(guardRejection);
  return refusal;
}

function isInvalid(value: unknown): value is Invalid {
  return value instanceof Invalid;
}

function passed(result: unknown): unknown {
  if (isInvalid(result)) throw InvalidPayload.of(result);
  return result;
}
