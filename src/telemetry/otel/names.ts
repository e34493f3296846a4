/**
 * The names of spans and the values of attributes. They are those of the plan: what clients make up becomes `_OTHER`, and is only kept
 * as an attribute of a span that is recorded.
 */
import type { Server } from 'socket.io';
import type { DeclaredNames } from '../../base/channels/messages.js';
import type { Attributes } from './api.js';

/** Stands for all names that were not declared. */
export const OTHER = '_OTHER';

/** The value of `rpc.system.name`. */
export const SYSTEM = 'socket.io';

/** The names of one event of the plan, as spans and metrics give them. */
export interface CallNames {
  /** `/chat/say`. */
  readonly span: string;
  readonly attributes: Attributes;
  /** The attributes of its measurements, by how calls ended; they are made once. */
  readonly endings: Map<string, Attributes>;
}

/** An event's name in its namespace: `/chat/say`; `/say` in the main namespace. */
export function methodOf(namespace: string, event: string): string {
  return namespace === '/' ? `/${event}` : `${namespace}/${event}`;
}

const known = new Map<string, Map<string, CallNames>>();

/** Returns the names of a call: those of its handler's plan, made once. */
export function namesOf({ namespace, event }: DeclaredNames, isKnown: boolean): CallNames {
  const key = isKnown ? event : OTHER;
  let events = known.get(namespace);
  if (!events) known.set(namespace, (events = new Map<string, CallNames>()));
  let names = events.get(key);
  if (!names) {
    const span = methodOf(namespace, key);
    const attributes = Object.freeze({ 'rpc.system.name': SYSTEM, 'rpc.method': isKnown ? span : OTHER });
    events.set(key, (names = { span, attributes, endings: new Map() }));
  }
  return names;
}

/** Names that the application makes, and not its plan: codes, emitted events. The first ones are kept, the others are `_OTHER`. */
export class BoundedNames {
  readonly #known: Set<string>;

  /** @param declared names that are known from the beginning, and do not count */
  constructor(
    private readonly most: number,
    private readonly declared: readonly string[] = [],
  ) {
    this.#known = new Set(declared);
  }

  of(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.most + this.declared.length) return OTHER;
    this.#known.add(name);
    return name;
  }
}

const declared = new WeakMap<object, string>();

/** Notes by which declaration a namespace is served. */
export function noteNamespace(namespace: object, path: string): void {
  declared.set(namespace, path);
}

/** Returns the declaration of a namespace, `/game/:id`; `_OTHER` of one that no client has entered yet. */
export function declaredNamespace(io: Server, name: string): string {
  const namespace = io._nsps.get(name);
  return (namespace && declared.get(namespace)) ?? OTHER;
}
