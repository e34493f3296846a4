/** Calls a method with the arguments that its readers make: the inmost step of every chain. */
import type { EventContext } from '../context.js';
import { InvalidPayload } from '../errors.js';
import { Invalid } from '../payload/index.js';
import { guardRejection } from '../thenable.js';
import type { Target } from './instances.js';
import type { ArgumentPlan, Reader } from './types.js';

type Method = (...values: unknown[]) => unknown;

/** A promise is awaited only where a reader gave one; a value that broke its rules keeps the method from running. */
export function invoke(
  target: Target,
  method: string | symbol,
  args: readonly ArgumentPlan[],
): (context: EventContext, error?: unknown) => unknown {
  const readers = args.map((argument) => argument.read);
  const call = (context: EventContext, values: unknown[]): unknown => {
    context.reached = true;
    if (context.kind === 'connect') context.connection.enter();
    const instance = target(context) as Record<string | symbol, Method>;
    return instance[method]!(...values);
  };
  return (context, error) => {
    const values = new Array<unknown>(readers.length);
    if (read(readers, context, error, values)) return Promise.all(values).then((all) => call(context, all.map(passed)));
    return call(context, values);
  };
}

/** Fills `values`; tells whether one of them is still a promise. Where one is refused, nobody waits for the others. */
function read(readers: readonly Reader[], context: EventContext, error: unknown, values: unknown[]): boolean {
  let pending = false;
  try {
    for (let index = 0; index < readers.length; index++) {
      const value = readers[index]!(context, error);
      values[index] = passed(value);
      if (value instanceof Promise) pending = true;
    }
  } catch (refusal) {
    values.forEach(guardRejection);
    throw refusal;
  }
  return pending;
}

function passed(value: unknown): unknown {
  if (value instanceof Invalid) throw InvalidPayload.of(value);
  return value;
}
