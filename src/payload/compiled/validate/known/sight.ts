/** Where the code of a rule stands: two rules of the same place are the same code, whatever they are called. */

type Ask = (value: unknown, args: never) => unknown;

/** How a rule is made to show where its code stands. */
export interface Look {
  /** How many functions lie between what it uses and the library's wrapper. */
  readonly depth: number;
  /** Asks the rule so that it uses something that calls `seen`. */
  readonly ask: (ask: Ask, seen: () => void) => void;
}

/** It reads the constraints. */
export const byConstraints: Look = {
  depth: 1,
  ask: (ask, seen) => ask('', Object.defineProperty({}, 'constraints', { get: () => (seen(), []) }) as never),
};

/** It asks for the class of the value. */
export const byClass: Look = {
  depth: 2,
  ask: (ask, seen) => ask(new Proxy({}, { getPrototypeOf: () => (seen(), null) }), {} as never),
};

/** It calls a function of the language, which is watched until then, and nothing else runs meanwhile. */
export function byCall(owner: object, name: string, value: unknown, depth: number): Look {
  return {
    depth,
    ask: (ask, seen) => {
      const descriptor = Object.getOwnPropertyDescriptor(owner, name)!;
      const restore = (): void => void Object.defineProperty(owner, name, descriptor);
      Object.defineProperty(owner, name, { configurable: true, get: () => (restore(), seen(), descriptor.value) });
      try {
        ask(value, {} as never);
      } finally {
        restore();
      }
    },
  };
}

/** The places of the functions that a rule runs; `undefined` if it does not show them, or the engine does not tell. */
export function sightOf(validate: Ask, { depth, ask }: Look): string | undefined {
  let sight: string | undefined;
  const seen = (): void => {
    sight ??= placesAbove(depth);
  };
  try {
    ask((value, args) => {
      const answer = validate(value, args);
      if (answer instanceof Promise) answer.catch(() => undefined);
    }, seen);
  } catch {
    // Whatever it says of such a value, its place has been seen.
  }
  return sight;
}

/** The functions between the rule's own and the one that takes the stack: `seen`, what calls it, and the engine's. */
const BETWEEN = 4;

function placesAbove(depth: number): string | undefined {
  const { stackTraceLimit } = Error;
  const descriptor = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  Error.stackTraceLimit = BETWEEN + depth;
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    return namesOf(new Error().stack as unknown as NodeJS.CallSite[], depth);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (descriptor) Object.defineProperty(Error, 'prepareStackTrace', descriptor);
    else delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
  }
}

/** The first places behind ours; code that stands in no file is not known by its place. */
function namesOf(sites: readonly NodeJS.CallSite[], depth: number): string | undefined {
  if (sites.some((site) => site.isEval())) return undefined;
  const places = sites.filter((site) => site.getFileName()).slice(OURS, OURS + depth);
  if (places.length < depth) return undefined;
  return places.map((site) => `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`).join('\n');
}

/** `placesAbove`, `seen`, and what calls it. */
const OURS = 3;
