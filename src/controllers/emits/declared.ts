/** Reads what an event or an answer is declared with: one argument, or a list of them. */
import type { EmittedArgument } from './declare.js';

/** One declared argument. */
export interface DeclaredArgument {
  /** The class, a constructor such as `String`, or `Object` for anything; anything else is a mistake. */
  readonly type: unknown;
  readonly each: boolean;
}

/** The arguments in order, and whether `Function` at the end says that clients may be asked to acknowledge. */
export interface Declared {
  readonly values: readonly DeclaredArgument[];
  readonly acknowledged: boolean;
}

export function readDeclared(declared: EmittedArgument | readonly EmittedArgument[]): Declared {
  const list = isList(declared) ? declared : [declared];
  const acknowledged = isList(declared) && list.at(-1) === Function;
  return { values: (acknowledged ? list.slice(0, -1) : list).map(readArgument), acknowledged };
}

function readArgument(argument: EmittedArgument): DeclaredArgument {
  const isEach = typeof argument === 'object';
  return { type: isEach ? argument?.each : argument, each: isEach };
}

function isList(declared: EmittedArgument | readonly EmittedArgument[]): declared is readonly EmittedArgument[] {
  return Array.isArray(declared);
}
