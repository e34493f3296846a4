/** Each rule of class-validator as a schema: exact, looser than the rule, or not expressible. */
import type { JsonSchema } from '../contract.js';
import { patternOf } from './pattern.js';

/** The schema of a rule. `exact`: it accepts neither more nor less than the rule, for values that JSON can carry. */
export interface RuleSchema {
  readonly schema: JsonSchema;
  readonly exact: boolean;
}

type Express = (...constraints: readonly never[]) => RuleSchema | undefined;

const exact = (schema: JsonSchema): RuleSchema => ({ schema, exact: true });
const looser = (schema: JsonSchema): RuleSchema => ({ schema, exact: false });

const number = (schema: JsonSchema): RuleSchema => exact({ type: 'number', ...schema });
const array = (schema: JsonSchema): RuleSchema => exact({ type: 'array', ...schema });
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Values that JSON carries, and compares by value. */
function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || isFinite(value);
}

function oneOf(values: readonly unknown[]): RuleSchema {
  const scalars = [...new Set(values.filter(isScalar))];
  return scalars.length > 0 ? exact({ enum: scalars }) : exact({ not: {} });
}

function noneOf(values: readonly unknown[]): RuleSchema {
  const scalars = [...new Set(values.filter(isScalar))];
  return scalars.length > 0 ? exact({ not: { enum: scalars } }) : exact({});
}

/** A character that class-validator does not count: it chooses how the one before it is shown. */
const VARIATION = '[\\uFE0E\\uFE0F]';

function lengthOf(min: unknown, max: unknown): RuleSchema | undefined {
  const least = min === undefined ? {} : isCount(min) ? { minLength: min } : undefined;
  const most =
    max === undefined ? {} : isCount(max) ? { anyOf: [{ maxLength: max }, { pattern: VARIATION }] } : undefined;
  if (!least || !most) return looser({ type: 'string' });
  return looser({ type: 'string', ...least, ...most });
}

/** Rules that JSON Schema can say. */
const expressions: Readonly<Record<string, Express>> = {
  isString: () => exact({ type: 'string' }),
  isBoolean: () => exact({ type: 'boolean' }),
  isInt: () => exact({ type: 'integer' }),
  isNumber: (options?: { maxDecimalPlaces?: number }) =>
    options?.maxDecimalPlaces === undefined ? number({}) : looser({ type: 'number' }),
  isArray: () => array({}),
  isObject: () => exact({ type: 'object' }),
  isNotEmptyObject: () => looser({ type: 'object' }),
  isEnum: (entity: object) => oneOf(Object.values(entity)),
  isIn: (values: unknown) => (Array.isArray(values) ? oneOf(values) : undefined),
  isNotIn: (values: unknown) => (Array.isArray(values) ? noneOf(values) : undefined),
  equals: (value: unknown) => (isScalar(value) ? exact({ const: value }) : undefined),
  notEquals: (value: unknown) => (isScalar(value) ? exact({ not: { const: value } }) : undefined),
  isDefined: () => exact({ not: { type: 'null' } }),
  isEmpty: () => exact({ enum: ['', null] }),
  isNotEmpty: () => exact({ not: { enum: ['', null] } }),
  min: (least: unknown) => (isFinite(least) ? number({ minimum: least }) : undefined),
  max: (most: unknown) => (isFinite(most) ? number({ maximum: most }) : undefined),
  isPositive: () => number({ exclusiveMinimum: 0 }),
  isNegative: () => number({ exclusiveMaximum: 0 }),
  isDivisibleBy: (divisor: unknown) => (isCount(divisor) && divisor > 0 ? looser({ type: 'number' }) : undefined),
  minLength: (min: unknown) => {
    const said = lengthOf(min, undefined);
    return said && looser(said.schema);
  },
  maxLength: (max: unknown) => lengthOf(undefined, max),
  isLength: (min: unknown, max: unknown) => lengthOf(min, max),
  matches: (pattern: unknown, modifiers?: string) => {
    const source = patternOf(pattern, modifiers);
    return source === undefined ? looser({ type: 'string' }) : exact({ type: 'string', pattern: source });
  },
  isBooleanString: () => exact({ enum: ['true', 'false', '1', '0'] }),
  arrayNotEmpty: () => array({ minItems: 1 }),
  arrayMinSize: (least: unknown) => (isCount(least) ? array({ minItems: least }) : looser({ type: 'array' })),
  arrayMaxSize: (most: unknown) => (isCount(most) ? array({ maxItems: most }) : looser({ type: 'array' })),
  arrayUnique: () => looser({ type: 'array' }),
  arrayContains: (values: readonly unknown[]) =>
    values.every(isScalar)
      ? array({ allOf: values.map((each) => ({ contains: { const: each } })) })
      : looser({ type: 'array' }),
  arrayNotContains: (values: readonly unknown[]) => {
    const scalars = values.filter(isScalar);
    return scalars.length === 0 ? array({}) : array({ not: { contains: { enum: scalars } } });
  },
  isLatitude: () => looser({ type: ['number', 'string'] }),
  isLongitude: () => looser({ type: ['number', 'string'] }),
};

/** Rules that look into a text in a way that JSON Schema cannot say: they accept nothing but text. */
const textual: ReadonlySet<string> = new Set(
  `contains notContains isAlpha isAlphanumeric isAscii isBase32 isBase58 isBase64 isBIC isBtcAddress isByteLength
   isCreditCard isCurrency isDataURI isDateString isDecimal isEAN isEmail isEthereumAddress IsFirebasePushId isFqdn
   isFullWidth isHalfWidth isHash isHexColor isHexadecimal isHSL isIBAN isIdentityCard isIp isIsbn isIsin
   isISO31661Alpha2 isISO31661Alpha3 isISO31661Numeric isISO4217CurrencyCode isISO6391 isIso8601 isISRC isISSN isJson
   isJwt isLatLong isLocale isLowercase isMacAddress isMagnetURI isMilitaryTime isMimeType isMobilePhone isMongoId
   isMultibyte isNumberString isOctal isPassportNumber isPhoneNumber isPort isPostalCode isRFC3339 isRgbColor isSemVer
   isStrongPassword isSurrogatePair isTaxId isTimeZone isUppercase isUrl isUuid isVariableWidth`.split(/\s+/),
);

/** The schema of a rule; `undefined` if it cannot be expressed. */
export function expressRule(name: string, constraints: readonly unknown[]): RuleSchema | undefined {
  if (textual.has(name)) return looser({ type: 'string' });
  return Object.hasOwn(expressions, name) ? expressions[name]!(...(constraints as never[])) : undefined;
}
