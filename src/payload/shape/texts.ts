/** Texts read as the number or boolean that a type asks for: queries, headers, cookies and paths hold nothing else. */
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import type { Issue } from '../../base/issue.js';
import { Invalid } from '../invalid.js';
import { PLAIN_TO_CLASS, typesOf } from '../nested.js';
import { MAX_ISSUES } from '../invalid.js';
import { settle, type Class, type PayloadOptions } from '../payload-options.js';
import type { PayloadPlan } from '../class-plan.js';
import { designTypeOf, keysOf } from './declared-shape.js';
import { RuleSelection } from '../compiled/selection.js';

/** Returns the value that a text says; `undefined` if it says none. */
export type ReadText = (text: string) => unknown;

/** How the text of each type is read. */
export const readers: ReadonlyMap<unknown, ReadText> = new Map<unknown, ReadText>([
  [String, (text) => text],
  [Number, readNumber],
  [Boolean, (text) => (text === 'true' ? true : text === 'false' ? false : undefined)],
]);

function readNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? undefined : number;
}

/** A property whose text is read. */
interface TextProperty {
  readonly name: string;
  readonly keys: readonly string[];
  readonly type: unknown;
}

/** Returns the function that makes a payload of an object of texts. */
export function fromTexts(plan: PayloadPlan, options: PayloadOptions): (value: unknown) => unknown {
  const properties = textProperties(plan.type, options);
  return (value) => {
    if (typeof value !== 'object' || value === null) return plan.run(value);
    const unread: Issue[] = [];
    const result = plan.run(readProperties(properties, value, unread));
    if (unread.length === 0) return result;
    return result instanceof Promise ? result.then((late) => refused(late, unread)) : refused(result, unread);
  };
}

/** The names of the properties that texts are read for, each with its type: Number, Boolean, String or Array. */
export function textTypes(type: Class, options: PayloadOptions): ReadonlyMap<string, unknown> {
  return new Map(textProperties(type, options).map((property) => [property.name, property.type]));
}

/** The rules of the class speak first: only what they let pass is refused here. */
function refused(result: object | Invalid, unread: readonly Issue[]): object {
  if (result instanceof Invalid) return result;
  return new Invalid((add) => {
    for (const { path, rule, message } of unread) if (!add(path, rule, message)) return;
  });
}

function textProperties(type: Class, options: PayloadOptions): TextProperty[] {
  const settled = settle(options, MAX_ISSUES);
  const names = new Set(new RuleSelection(settled.validator).of(type).map(({ propertyName }) => propertyName));
  const keys = keysOf(type, [...names], settled.transform, PLAIN_TO_CLASS);
  return [...keys].flatMap(([name, own]) => {
    const declared = designTypeOf(type, name);
    const isRead = (readers.has(declared) || declared === Array) && isLeftToUs(type, name, declared);
    return isRead ? { name, keys: own, type: declared } : [];
  });
}

/** Whether no decorator makes the value of the text itself. */
function isLeftToUs(type: Class, name: string, declared: unknown): boolean {
  if (transforms.findTransformMetadatas(type, name, PLAIN_TO_CLASS).length > 0) return false;
  const metadata = transforms.findTypeMetadata(type, name) as TypeMetadata | undefined;
  return !metadata || declared === Array || typesOf(metadata, name)[0] === declared;
}

/** A copy of the value with its texts read; a text that cannot be read stays, and is told of. */
function readProperties(properties: readonly TextProperty[], value: object, unread: Issue[]): object {
  const read: Record<string, unknown> = { ...value };
  for (const { name, keys, type } of properties) {
    for (const key of keys) {
      const text = read[key];
      if (text === undefined || !Object.hasOwn(read, key)) continue;
      if (type === Array) {
        if (typeof text === 'string') read[key] = [text];
        continue;
      }
      const made = typeof text === 'string' ? readers.get(type)!(text) : undefined;
      if (made !== undefined) read[key] = made;
      else unread.push(unreadable(name, type as Function));
    }
  }
  return read;
}

function unreadable(path: string, { name }: Function): Issue {
  return { path, rule: `is${name}`, message: `${path} must be a ${name.toLowerCase()}` };
}
