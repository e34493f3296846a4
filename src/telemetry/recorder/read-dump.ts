/** Reads a dump, which may come from anywhere: what is not as a recorder writes it is refused before anything is done with it. */
import type { Dump } from './dump.js';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOutcome: Check = (value) =>
  isObject(value) && isText(value['kind']) && optional(isText)(value['code']) && optional(isText)(value['limit']);

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

const entry = { at: Number.isFinite, socket: isText, namespace: isText } as const;

const call: Readonly<Record<string, Check>> = {
  ...entry,
  id: isText,
  kind: isText,
  event: isText,
  asks: (value) => typeof value === 'boolean',
  args: Array.isArray,
  outcome: isOutcome,
  answer: optional(Array.isArray),
};

const connection: Readonly<Record<string, Check>> = { ...entry, transport: isText, outcome: optional(isOutcome) };

const shapes: ReadonlyMap<unknown, Readonly<Record<string, Check>>> = new Map([
  ['call', call],
  ['connected', connection],
  ['refused', connection],
  ['left', connection],
]);

const isTime: Check = (value) => isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value as string);

/**
 * Reads a dump from JSON.
 * @returns the dump, checked
 * @throws Error if it is none, or was changed into something else
 */
export function readDump(text: string): Dump {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`it is no JSON: ${(cause as Error).message}`, { cause });
  }
  const { recording, at, fields, entries } = Object(value) as Partial<Record<keyof Dump, unknown>>;
  if (recording !== 1 || !Array.isArray(entries)) throw new Error('it has no `"recording": 1` and no entries.');
  if (!isTime(at)) throw new Error('`at` is no time such as "2026-01-31T12:00:00.000Z".');
  if (!Array.isArray(fields) || !fields.every(isText)) throw new Error('`fields` is no list of names.');
  entries.forEach(checkEntry);
  return value as Dump;
}

function checkEntry(value: unknown, index: number): void {
  const facts = isObject(value) ? value : {};
  const shape = shapes.get(facts['type']);
  if (!shape) throw new Error(`entry ${index} is neither a call nor a connection.`);
  for (const [key, check] of Object.entries(shape)) {
    if (!check(facts[key])) throw new Error(`entry ${index}: \`${key}\` is not what a recorder writes.`);
  }
}
