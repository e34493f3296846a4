/** Knows class-validator's own rules, whose answer can be found out without asking them. */
import * as library from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { ConstraintMetadata } from 'class-validator/types/metadata/ConstraintMetadata.js';
import { validationTables } from '../../storages.js';
import * as decide from './decide.js';
import type { Decide } from './decide.js';
import { metadataMadeBy } from './sample.js';
import { byCall, byClass, byConstraints, sightOf, type Look } from './sight.js';

/** One rule of class-validator. */
export interface KnownRule {
  /** Its decorator, as somebody would use it. */
  readonly decorator: PropertyDecorator;
  readonly decide: Decide;
  readonly look: Look;
  /** Constraints under which both are compared; those of the decorator are among them. */
  readonly constraints: readonly (readonly unknown[])[];
}

/** An array of both: what one rule says must not depend on another's values. */
enum Sample {
  text = 'abc',
  one = 1,
}

/** The rules by their names; a rule whose code does not show itself (IsNotEmpty, IsPositive) is asked as it is. */
export const knownRules: Readonly<Record<string, KnownRule>> = {
  isString: rule(library.IsString(), decide.isString, byClass),
  isBoolean: rule(library.IsBoolean(), decide.isBoolean, byClass),
  isDate: rule(library.IsDate(), decide.isDate, byClass),
  isInt: rule(library.IsInt(), decide.isInt, byCall(Number, 'isInteger', 1, 2)),
  isNumber: rule(library.IsNumber(), decide.isNumber, byConstraints, [{}], [{ allowNaN: true, maxDecimalPlaces: 1 }]),
  min: rule(library.Min(2), decide.min, byConstraints, [2], [NaN], ['2']),
  max: rule(library.Max(2), decide.max, byConstraints, [2], [NaN], ['2']),
  isLength: rule(library.Length(1, 3), decide.isLength, byConstraints, [1, 3], [2, undefined], [0, 2], [4, 6]),
  minLength: rule(library.MinLength(2), decide.minLength, byConstraints, [2], [3], [6], [NaN]),
  maxLength: rule(library.MaxLength(3), decide.maxLength, byConstraints, [3], [1], [6], [null]),
  isArray: rule(library.IsArray(), decide.isArray, byCall(Array, 'isArray', 1, 2)),
  arrayMinSize: rule(library.ArrayMinSize(1), decide.arrayMinSize, byConstraints, [1], ['2']),
  arrayMaxSize: rule(library.ArrayMaxSize(1), decide.arrayMaxSize, byConstraints, [1], ['0']),
  arrayNotEmpty: rule(library.ArrayNotEmpty(), decide.arrayNotEmpty, byCall(Array, 'isArray', 1, 2)),
  isIn: rule(library.IsIn(['abc', 1, NaN]), decide.isIn, byConstraints, [['abc', 1, NaN, undefined]], ['abc']),
  isNotIn: rule(library.IsNotIn(['abc']), decide.isNotIn, byConstraints, [['abc', NaN]], ['abc']),
  isEnum: rule(library.IsEnum(Sample), decide.isEnum, byConstraints, [Sample], [{ a: NaN }], [{}]),
  matches: rule(library.Matches(/b/), decide.matches, byConstraints, [/b/], [/B/i], [/b/g], ['b', 'i']),
  isUuid: rule(library.IsUUID(), decide.isUuid, byConstraints, [undefined], ['4'], ['none']),
  isEmail: rule(library.IsEmail(), decide.isEmail, byConstraints, [undefined], [{ require_tld: false }]),
  isUrl: rule(library.IsUrl(), decide.isUrl, byConstraints, [undefined], [{ protocols: ['ftp'] }]),
  isIso8601: rule(library.IsISO8601(), decide.isIso8601, byConstraints, [undefined], [{ strict: true }]),
  isDateString: rule(library.IsDateString(), decide.isIso8601, byCall(RegExp.prototype, 'test', '', 4)),
};

function rule(
  decorator: PropertyDecorator,
  decides: Decide,
  look: Look,
  ...constraints: (readonly unknown[])[]
): KnownRule {
  return { decorator, decide: decides, look, constraints: constraints.length > 0 ? constraints : [[undefined]] };
}

/**
 * What decides a rule, if it is class-validator's own: its code stands where that of class-validator's decorator of this
 * name stands. A rule of a user's own with the same name and constraints is asked once, for that.
 */
export function decideOf(metadata: ValidationMetadata, constraint: ConstraintMetadata): Decide | undefined {
  const known = Object.hasOwn(knownRules, constraint.name ?? '') ? knownRules[constraint.name!] : undefined;
  if (!known || constraint.async) return undefined;
  const sample = sampleOf(constraint.name!, known);
  if (!sample || sample.constraints !== lengthOf(metadata.constraints)) return undefined;
  return sightOf(askOf(constraint.target), known.look) === sample.sight ? known.decide : undefined;
}

/** What is known of a rule that the library says the same of as we do. */
interface Seen {
  readonly sight: string;
  /** How many constraints its metadata has. */
  readonly constraints: number;
}

const samples = new Map<string, Seen | undefined>();

function sampleOf(name: string, known: KnownRule): Seen | undefined {
  if (!samples.has(name)) samples.set(name, lookAt(name, known));
  return samples.get(name);
}

function lookAt(name: string, known: KnownRule): Seen | undefined {
  const metadata = metadataMadeBy(known.decorator, name);
  if (!metadata) return undefined;
  const { constraintMetadatas } = validationTables();
  const { constraintCls, constraints } = metadata;
  const isSame = constraintMetadatas.get(constraintCls)?.[0]?.name === name && agrees(known, constraintCls);
  const sight = isSame ? sightOf(askOf(constraintCls), known.look) : undefined;
  constraintMetadatas.delete(constraintCls);
  return sight === undefined ? undefined : { sight, constraints: lengthOf(constraints) };
}

function lengthOf(constraints: readonly unknown[] | undefined): number {
  return constraints?.length ?? 0;
}

type Ask = (value: unknown, args: { readonly constraints: readonly unknown[] }) => unknown;

function askOf(constraint: Function): Ask {
  return (constraint.prototype as { validate: Ask }).validate;
}

/** Whether the library says of some values what is decided here: another version may count or read otherwise. */
function agrees({ decide: decides, constraints: all }: KnownRule, constraintCls: Function): boolean {
  const ask = askOf(constraintCls);
  return all.every((constraints) =>
    PROBED.every((value) => {
      const decided = decides(value, constraints[0], constraints[1]);
      return decided === undefined || decided === attempt(() => ask(value, { constraints: [...constraints] }));
    }),
  );
}

function attempt(ask: () => unknown): unknown {
  try {
    return ask();
  } catch {
    return 'threw';
  }
}

// prettier-ignore
const PROBED: readonly unknown[] = [
  undefined, null, true, 0, -0, 1, 2, 2.5, NaN, Infinity, '', 'a', 'b', 'B', '1', 'abc', 'abcdef', 'a\u0301', '\r\n', '🙂', '🙂🙂🙂', '✈️✈️', '🇩🇪🇩🇪',
  Object('abc'), Object(1), Object(true), [], ['abc'], [1, 2], { length: 2 }, {}, new Date(0), new Date(NaN), /b/, Symbol.iterator, 1n, () => 1,
  'a@b.de', 'a.b+c_d-e@x-y.example.org', 'a--b@x--y.co', 'http://b.de', 'https://x-y.b.example/a/b.c?d=e&f=%20', '2020-02-30T23:59:59.999Z',
  '2020-12-01T00:00:00.000Z', '7c9e6679-7425-40de-944b-e07fc1f90ae7', '00000000-0000-0000-0000-000000000000',
];
