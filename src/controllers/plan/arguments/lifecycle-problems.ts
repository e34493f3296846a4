/** Parameters of lifecycle handlers that get nothing, or something else than they say. */
import type { PlacelessProblem } from '../../../base/boot/report.js';
import type { HandlerKind } from '../../metadata/types.js';
import type { HandlerFacts } from '../../scan/facts.js';
import { isPrimitive } from './check-value.js';

/** The arguments of lifecycle handlers without a decorator, by position: the client's `auth`, a text, or anything. */
const given: Partial<Record<HandlerKind, readonly ('auth' | 'text' | 'any')[]>> = {
  connect: ['auth'],
  disconnect: ['text', 'any'],
  join: ['text'],
  leave: ['text'],
};

const remedies: Partial<Record<HandlerKind, string>> = {
  connect:
    "take a property of what the client sends while it connects with @Auth('token'), all of it as a class, and its address with @Query() or @Header().",
  disconnect: 'take the reason, a string, with @Reason(), and the rooms with @Rooms().',
  join: 'take the room, a string, with @Room().',
  leave: 'take the room, a string, with @Room().',
};

/**
 * Returns the problem of a parameter without a decorator of its own, if it has one.
 * @param mayLack whether the parameter has a default, or is optional
 */
export function lifecycleProblem(
  { kind, isShared = false }: HandlerFacts,
  type: unknown,
  position: number,
  mayLack: boolean,
): PlacelessProblem | undefined {
  const values = given[kind];
  if (!values) return undefined;
  const isAny = type === Object;
  const name = `@On${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const problem = (what: string): PlacelessProblem => {
    const lost = isAny ? 'if it is Socket or another class, import it without `type`; else ' : '';
    return { code: 'lifecycle_argument', what, fix: `${lost}${remedies[kind]!}` };
  };
  switch (values[position]) {
    case 'any':
      return undefined;
    case 'text':
      return isAny || type === String ? undefined : problem(`${name} gives a string here.`);
    case 'auth':
      return isPrimitive(type) ? problem(`${name} gives an object here, so every client would be refused.`) : undefined;
    case undefined:
      if (mayLack || (isAny && isShared)) return undefined;
      return isAny || kind !== 'connect'
        ? problem(`${name} gives nothing here, so the parameter is always undefined.`)
        : problem(`${name} gives nothing here, so every client would be refused.`);
  }
}
