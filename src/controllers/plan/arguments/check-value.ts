/** How an argument of an event is read, and how a value from a client is checked against the type of a parameter. */
import {
  fromTexts,
  Invalid,
  planArray,
  textReaders,
  type MessageOf,
  type PayloadOptions,
  type PayloadPlan,
} from '../../../payload/index.js';
import type { Class } from '../../../base/reflect.js';
import type { EventContext } from '../../../base/context.js';
import type { Reader } from '../types.js';

/** A value before it is checked against a class. */
export interface Source {
  /** The decorator's part of the table's cell, `''` for a plain payload. */
  readonly label: string;
  readonly read: Reader;
  /** Whether the value came from the client and is checked against the parameter's type. */
  readonly checked: boolean;
  /** Whether the values are text by nature (query, header, cookie, path), so numbers are read from text. */
  readonly textual: boolean;
}

/** The packet's position 0 is the event's name, so argument n is at n + 1. */
export function argumentSource(position: number, property?: string | number): Source {
  const at = position + 1;
  const read: Reader =
    property === undefined ? (context) => context.packet[at] : (context) => propertyOf(context.packet[at], property);
  return { label: property === undefined ? '' : `@Payload('${property}')`, read, checked: true, textual: false };
}

/** Returns the value, what was made of it, or an `Invalid`; a promise only if a validator is asynchronous. */
export type Fit = (value: unknown) => unknown;

export interface ValueCheck {
  readonly label: string;
  /** Absent if anything passes. */
  readonly fit?: Fit;
  readonly payload?: PayloadPlan;
  /** Whether a parser of the user's own encodes the value, which is therefore not made JSON before. */
  readonly isBrought?: boolean;
}

interface Primitive {
  readonly label: string;
  readonly is: (value: unknown) => boolean;
}

const primitives = new Map<unknown, Primitive>([
  [String, { label: 'string', is: (value) => typeof value === 'string' }],
  [Number, { label: 'number', is: (value) => typeof value === 'number' && !Number.isNaN(value) }],
  [Boolean, { label: 'boolean', is: (value) => typeof value === 'boolean' }],
  [Buffer, { label: 'Buffer', is: (value) => Buffer.isBuffer(value) }],
  [Uint8Array, { label: 'Uint8Array', is: (value) => value instanceof Uint8Array }],
  [Array, { label: 'array', is: (value) => Array.isArray(value) }],
]);

/** Classes that another parser than Socket.IO's own may bring as what they are. */
const brought = new Map<unknown, Primitive>([
  [Date, { label: 'Date', is: (value) => value instanceof Date && !Number.isNaN(value.getTime()) }],
  [Map, { label: 'Map', is: (value) => value instanceof Map }],
  [Set, { label: 'Set', is: (value) => value instanceof Set }],
  [RegExp, { label: 'RegExp', is: (value) => value instanceof RegExp }],
  [Error, { label: 'Error', is: (value) => value instanceof Error }],
  [BigInt, { label: 'bigint', is: (value) => typeof value === 'bigint' }],
]);

/** Classes that never come over the wire as what they are. */
const foreign = new Set<unknown>([Promise, Symbol, WeakMap, WeakSet]);

/** Returns the plan of a class under the parameter's options. */
export type PlanOf = (type: Class) => PayloadPlan;

export function isPrimitive(type: unknown): boolean {
  return primitives.has(type);
}

/** How a table and the contract name a type. */
export function typeLabel(type: unknown): string {
  return (
    (primitives.get(type) ?? brought.get(type))?.label ??
    (typeof type === 'function' && type !== Object ? type.name : 'unknown')
  );
}

/** Whether values of a type never come as what they are. `hasParser`: the parser is another than Socket.IO's own. */
export function isForeign(type: unknown, hasParser: boolean): boolean {
  return foreign.has(type) || (!hasParser && brought.has(type));
}

/** One value of a class, of a primitive type, or anything if the type is `Object`. `textual`: it comes as text. */
export function fitOne(type: unknown, plan: PlanOf, textual: boolean, options: PayloadOptions = {}): ValueCheck {
  if (type === Object) return { label: textual ? '' : 'unknown' };
  const primitive = primitives.get(type) ?? brought.get(type);
  if (primitive) {
    return { label: primitive.label, fit: fitPrimitive(type, primitive, textual), isBrought: brought.has(type) };
  }
  const payload = plan(type as Class);
  const fit: Fit = textual ? fromTexts(payload, options) : (value) => payload.run(value);
  return { label: payload.type.name, fit, payload };
}

/** One of the values of an enum. Reverse names of numeric enums are not values. */
export function fitEnum(values: Readonly<Record<string, unknown>>): ValueCheck {
  const allowed = new Set(
    Object.keys(values)
      .filter((key) => typeof values[values[key] as string] !== 'number')
      .map((key) => values[key]),
  );
  const message = `must be one of ${[...allowed].map(String).join(', ')}`;
  return {
    label: 'enum',
    fit: (value) => (allowed.has(value) ? value : Invalid.of({ path: '', rule: 'isEnum', message })),
  };
}

/** An array whose every element is of a class or a primitive type, or anything if the type is `Object`. */
export function fitEach(type: unknown, plan: PlanOf): ValueCheck {
  if (type === Object) return { label: 'unknown[]', fit: fitPrimitive(Array, primitives.get(Array)!, false) };
  const primitive = primitives.get(type) ?? brought.get(type);
  if (primitive) {
    return { label: `${primitive.label}[]`, fit: fitPrimitives(primitive), isBrought: brought.has(type) };
  }
  const payload = planArray(plan(type as Class));
  return { label: `${(type as Class).name}[]`, fit: (value) => payload.run(value), payload };
}

/** The same, but a missing argument stays `undefined`: the method has a default for it. */
export function unlessMissing(fit: Fit): Fit {
  return (value) => (value === undefined ? undefined : fit(value));
}

/** The same, but a missing value passes as `undefined`. */
export function optional(fit: Fit): Fit {
  return (value) => (value === undefined || value === null ? undefined : fit(value));
}

function fitPrimitive(type: unknown, { label, is }: Primitive, textual: boolean): Fit {
  if (!textual) return (value) => (is(value) ? value : invalidValue('', label));
  const read = textReaders.get(type);
  return (value) => (typeof value === 'string' ? read?.(value) : undefined) ?? invalidValue('', label);
}

function fitPrimitives({ label, is }: Primitive): Fit {
  return (value) => {
    if (!Array.isArray(value)) return invalidValue('', 'array');
    const at = value.findIndex((each) => !is(each));
    return at < 0 ? value : invalidValue(String(at), label);
  };
}

/** Names the rule as class-validator would: `isNumber`, `isArray`. */
function invalidValue(path: string, label: string): Invalid {
  const rule = `is${label[0]!.toUpperCase()}${label.slice(1)}`;
  return Invalid.of({ path, rule, message: `must be ${article(label)}` });
}

function article(label: string): string {
  return /^[aeiou]/.test(label) ? `an ${label}` : `a ${label}`;
}

/**
 * Reads a value and checks it. Issues begin with its place: the argument's index, the property, the name of a header.
 * `messageOf` words them for the client.
 */
export function checkedReader(read: Reader, fit: Fit, path: string, messageOf?: MessageOf): Reader {
  if (path === '' && !messageOf) return (context, error) => fit(read(context, error));
  const told = (result: unknown, context: EventContext): unknown => {
    if (!(result instanceof Invalid)) return result;
    const located = path === '' ? result : result.within(path);
    return messageOf ? located.worded((issue) => messageOf(issue, context)) : located;
  };
  return (context, error) => {
    const result = fit(read(context, error));
    return result instanceof Promise ? result.then((late) => told(late, context)) : told(result, context);
  };
}

/** Returns a property that the value itself has. */
export function propertyOf(value: unknown, property: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, property)) return undefined;
  return (value as Record<string | number, unknown>)[property];
}

/** Reads a list of arguments and checks each; issues begin with its index among all arguments. */
export function restReader(read: Reader, fit: Fit, position: number): Reader {
  return (context, error) => {
    const values = read(context, error) as readonly unknown[];
    const fitted = values.map((value, index) =>
      checkedReader(() => value, fit, String(position + index))(context, error),
    );
    return fitted.some((each) => each instanceof Promise) ? Promise.all(fitted).then(listOf) : listOf(fitted);
  };
}

function listOf(fitted: readonly unknown[]): unknown {
  return fitted.find((each) => each instanceof Invalid) ?? fitted;
}
