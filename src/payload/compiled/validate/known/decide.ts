/** What many rules of class-validator say of a value, found out before the expensive part of the rule. */
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';

/**
 * Says what a rule of class-validator says of a value, or `undefined` if the rule has to be asked. It is given the first two
 * constraints of the rule's metadata.
 */
export type Decide = (value: unknown, first: unknown, second: unknown) => boolean | undefined;

/** A rule that is decided here for many values. */
export interface Decided {
  readonly metadata: ValidationMetadata;
  readonly decide: Decide;
}

/** Whether a value keeps the rules, so that none of them has to be asked; `false` if that is not known. */
export function passes(rules: readonly Decided[], value: unknown): boolean {
  for (const { metadata, decide } of rules) {
    const { constraints } = metadata;
    const first: unknown = constraints?.[0];
    const second: unknown = constraints?.[1];
    if (metadata.each && typeof value === 'object') {
      if (!Array.isArray(value)) return false;
      for (const item of value as unknown[]) if (decide(item, first, second) !== true) return false;
    } else if (decide(value, first, second) !== true) return false;
  }
  return true;
}

/** A boxed text passes as a text. */
export const isString: Decide = (value) => (typeof value === 'string' ? true : unlessObject(value));

export const isBoolean: Decide = (value) => (typeof value === 'boolean' ? true : unlessObject(value));

export const isDate: Decide = unlessObject;

export const isInt: Decide = (value) => typeof value === 'number' && Number.isInteger(value);

export const isNumber: Decide = (value, options) => {
  if (typeof value !== 'number') return false;
  if (!Number.isFinite(value) || options === null) return undefined;
  return (options as { maxDecimalPlaces?: unknown } | undefined)?.maxDecimalPlaces === undefined ? true : undefined;
};

export const min: Decide = (value, least) => {
  return typeof value === 'number' && typeof least === 'number' && value >= least;
};

export const max: Decide = (value, most) => {
  return typeof value === 'number' && typeof most === 'number' && value <= most;
};

export const isLength: Decide = (value, least, most) => counted(value, least, most);

export const minLength: Decide = (value, least) => counted(value, least, undefined);

export const maxLength: Decide = (value, most) => counted(value, 0, most);

export const isArray: Decide = (value) => Array.isArray(value);

export const arrayMinSize: Decide = (value, least) => Array.isArray(value) && value.length >= (least as number);

export const arrayMaxSize: Decide = (value, most) => Array.isArray(value) && value.length <= (most as number);

export const arrayNotEmpty: Decide = (value) => Array.isArray(value) && value.length > 0;

export const isIn: Decide = (value, values) => Array.isArray(values) && values.indexOf(value) >= 0;

export const isNotIn: Decide = (value, values) => !Array.isArray(values) || values.indexOf(value) < 0;

export const isEnum: Decide = (value, entity) => {
  if (typeof entity !== 'object' || entity === null || Number.isNaN(value)) return undefined;
  for (const key in entity) {
    if ((entity as Record<string, unknown>)[key] === value && Object.hasOwn(entity, key)) return true;
  }
  return false;
};

/** A pattern that remembers where it was is asked by the rule alone. */
export const matches: Decide = (value, pattern) => {
  if (typeof value !== 'string') return false;
  if (!(pattern instanceof RegExp) || pattern.global || pattern.sticky) return undefined;
  return Object.getPrototypeOf(pattern) === RegExp.prototype ? pattern.test(value) : undefined;
};

export const isUuid: Decide = (value, version) => {
  if (typeof value !== 'string') return false;
  return (version === undefined || version === '4') && value.length !== UUID_LENGTH ? false : undefined;
};

export const isEmail: Decide = (value, options) => {
  if (typeof value !== 'string') return false;
  return options === undefined ? orAsk(value, PLAIN_EMAIL, LONGEST_EMAIL) : undefined;
};

export const isUrl: Decide = (value, options) => {
  if (typeof value !== 'string') return false;
  return options === undefined ? orAsk(value, PLAIN_URL, LONGEST_URL) : undefined;
};

/** A date as JSON writes it. */
export const isIso8601: Decide = (value, options) => {
  if (typeof value !== 'string') return false;
  return options === undefined ? orAsk(value, JSON_DATE, JSON_DATE_LENGTH) : undefined;
};

const UUID_LENGTH = 36;
/** A part of the name of a host. */
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST = `(?:${LABEL}\\.)+[A-Za-z]{2,63}`;
const WORD = '[A-Za-z0-9_+-]+';
const PLAIN_EMAIL = new RegExp(`^${WORD}(?:\\.${WORD})*@${HOST}$`);
/** So that neither half is too long. */
const LONGEST_EMAIL = 64;
const PLAIN_URL = new RegExp(`^https?://${HOST}(?:/[\\w./~%=&+-]*)?(?:\\?[\\w./~%=&+-]*)?$`);
const LONGEST_URL = 1000;
const JSON_DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const JSON_DATE_LENGTH = 24;

/** `true` for a text of the plain kind; of any other the rule decides. */
function orAsk(value: string, plain: RegExp, longest: number): true | undefined {
  return value.length <= longest && plain.test(value) ? true : undefined;
}

function unlessObject(value: unknown): false | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? undefined : false;
}

/**
 * class-validator counts a surrogate pair as one character, and a variation selector not at all. So it counts no more
 * characters than `length` says, and at least a third of them.
 */
function counted(value: unknown, least: unknown, most: unknown): boolean | undefined {
  if (typeof value !== 'string') return false;
  if (typeof least !== 'number' || Number.isNaN(least)) return undefined;
  const limit = most === undefined ? Infinity : most;
  if (typeof limit !== 'number' || Number.isNaN(limit)) return undefined;
  const { length } = value;
  if (length < least || length > limit * 3) return false;
  if (length >= least * 3 && length <= limit) return true;
  return isPlain(value) ? length <= limit : undefined;
}

/** Whether each unit of a text is a character. */
function isPlain(value: string): boolean {
  for (let index = 0; index < value.length; index++) if (value.charCodeAt(index) >= FIRST_SURROGATE) return false;
  return true;
}

const FIRST_SURROGATE = 0xd800;
