/** Which values are recorded: those of fields that are allowed by name. All others leave only their kind. */
import type { Bytes, Hidden, Recorded } from './dump.js';

/** Most values of one payload that are looked at, and most elements of one array. */
const MOST_VALUES = 2_000;

export class Fields {
  readonly #names: ReadonlySet<string>;

  /**
   * @param names names of properties, at any depth; `say.0` is the first argument of the event `say` itself, if it is no object, and
   * `say.answer` its answer
   */
  constructor(readonly names: readonly string[]) {
    this.#names = new Set(names);
  }

  /** Returns what may be kept of arguments or answers. */
  of(values: readonly unknown[], event: string, part: 'args' | 'answer'): readonly Recorded[] {
    const budget = { left: MOST_VALUES };
    return values.map((value, index) => {
      const name = part === 'args' ? `${event}.${index}` : `${event}.answer`;
      return this.#keep(value, this.#names.has(name), budget);
    });
  }

  /** Returns what may be kept of arguments or answers, as JSON. */
  textOf(values: readonly unknown[], event: string, part: 'args' | 'answer'): string {
    if (this.#names.size > 0) return JSON.stringify(this.of(values, event, part));
    return `[${values.map(hiddenText).join()}]`;
  }

  /** Returns what may be kept of an object. */
  ofObject(value: unknown): Recorded {
    return this.#keep(value, false, { left: MOST_VALUES });
  }

  #keep(value: unknown, isAllowed: boolean, budget: { left: number }): Recorded {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'object') return isAllowed && isPlain(value) ? value : hide(value);
    if (value instanceof Uint8Array) return isAllowed ? bytesOf(value) : hide(value);
    // Without a field, nothing below can be allowed.
    if (--budget.left <= 0 || this.#names.size === 0) return hide(value);
    if (Array.isArray(value) && value.length > budget.left) return hide(value);
    if (Array.isArray(value)) return value.map((each) => this.#keep(each, isAllowed, budget));
    const entries = Object.entries(jsonOf(value)).map(([key, each]) => [
      key,
      this.#keep(each, this.#names.has(key), budget),
    ]);
    return Object.fromEntries(entries) as Recorded;
  }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function jsonOf(value: object): object {
  return 'toJSON' in value && typeof value.toJSON === 'function' ? (Object(value.toJSON()) as object) : value;
}

function bytesOf(value: Uint8Array): Bytes & Recorded {
  return { '~bytes': Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
}

function hide(value: unknown): Hidden & { readonly [key: string]: Recorded } {
  if (typeof value === 'string') return { '~hidden': 'string', length: value.length };
  if (typeof value === 'number' || typeof value === 'boolean') return { '~hidden': typeof value as 'number' };
  if (value instanceof Uint8Array) return { '~hidden': 'bytes', length: value.byteLength };
  if (Array.isArray(value)) return { '~hidden': 'array', length: value.length };
  return { '~hidden': typeof value === 'object' ? 'object' : 'other' };
}

/** The same as JSON. */
function hiddenText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const { '~hidden': kind, length } = hide(value);
  return length === undefined
    ? `{"~hidden":"${String(kind)}"}`
    : `{"~hidden":"${String(kind)}","length":${String(length)}}`;
}

/** Returns values that can be sent in the place of recorded ones, and how many of them were made up. */
export function revive(values: readonly Recorded[]): { readonly values: unknown[]; readonly madeUp: number } {
  let madeUp = 0;
  const make = (value: Recorded): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(make);
    if (typeof (value as Partial<Bytes>)['~bytes'] === 'string')
      return Buffer.from((value as unknown as Bytes)['~bytes'], 'base64');
    if ((value as Partial<Hidden>)['~hidden'] === undefined) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, make(each as Recorded)]));
    }
    madeUp++;
    return standIn(value as unknown as Hidden);
  };
  return { values: values.map(make), madeUp };
}

/** Most characters, or bytes, of a value that is made up: a client could hardly have sent more. */
const LONGEST_STAND_IN = 10_000_000;

function standIn({ '~hidden': kind, length: recorded = 0 }: Hidden): unknown {
  const length = Number.isSafeInteger(recorded) ? Math.min(Math.max(recorded, 0), LONGEST_STAND_IN) : 0;
  switch (kind) {
    case 'string':
      return 'x'.repeat(length);
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'bytes':
      return Buffer.alloc(length);
    case 'array':
      return [];
    default:
      return {};
  }
}
