/** Options of decorators that do not exist, or have the wrong kind: they would be ignored, or misread, without a word. */
import { inspect } from 'node:util';
import type { Step } from '../../base/boot/report.js';
import { isBoolean, isFunction, isList, isRecord, isText, oneOf } from '../../base/boot/kinds.js';
import { closest } from '../../base/boot/unknown-option.js';
import { payloadKeys, transformKeys, validatorKeys } from '../../payload/index.js';
import type {
  EmissionOptions,
  HandlerOptions,
  NamespaceOptions,
  ParamOptions,
  ReturningOptions,
} from '../metadata/types.js';
import type { HandlerFacts } from './facts.js';

/** Whether a value is of the kind of an option, and what is expected of it. */
type Kind = readonly [is: (value: unknown) => boolean, expected: string];
type Kinds<Options> = Readonly<Record<keyof Options, Kind>>;

const ANYTHING: Kind = [() => true, ''];
const BOOLEAN: Kind = [isBoolean, 'true or false'];
const TEXT: Kind = [isText, 'a text'];

const handlerKinds: Kinds<HandlerOptions & ReturningOptions> = {
  timeout: [(value) => typeof value === 'number' && value >= 0, 'milliseconds, a number >= 0, or Infinity'],
  throws: [(value) => isList(value) && value.every(isText), "a list of codes, ['room_full']"],
  summary: TEXT,
  deprecated: [(value) => isBoolean(value) || isText(value), 'true, or a text that says what to use instead'],
  returns: ANYTHING,
};
const emissionKinds: Kinds<EmissionOptions> = {
  to: [isTarget, "'sender', 'others', 'all' or { room: … }"],
  skipEmpty: BOOLEAN,
  on: ANYTHING,
};
const namespaceKinds: Kinds<NamespaceOptions> = {
  scope: [oneOf('app', 'connection', 'event'), "'app', 'connection' or 'event'"],
  payload: [isRecord, 'an object, such as { validator: { … } }'],
};
const paramKinds: Kinds<ParamOptions> = {
  type: ANYTHING,
  each: ANYTHING,
  enum: ANYTHING,
  optional: BOOLEAN,
  validator: [isRecord, "an object of class-validator's options"],
  transform: [isRecord, "an object of class-transformer's options"],
  shape: ANYTHING,
  message: [isFunction, 'a function that returns a text'],
};

function isTarget(value: unknown): boolean {
  if (isText(value)) return ['sender', 'others', 'all'].includes(value);
  const { room } = Object(value) as { readonly room?: unknown };
  return isFunction(room) || (isText(room) && room !== '');
}

/** Yields the unknown and wrong options of a handler, of what it emits and of its parameters. */
export function* checkHandlerOptions({ label, kind, options, emissions, params }: HandlerFacts): Step<void> {
  yield* checkKinds(kind === 'any' ? '@OnAny' : '@On', options, handlerKinds, label);
  for (const emission of emissions) yield* checkKinds('@Emit', emission.options, emissionKinds, label);
  for (const { index, metadata } of params) {
    if (!metadata) continue;
    const where = `${label}, parameter ${index + 1}`;
    const decorator = `@${metadata.kind[0]!.toUpperCase()}${metadata.kind.slice(1)}`;
    yield* checkKinds(decorator, metadata.options, paramKinds, where);
    yield* checkLibraryOptions(decorator, metadata.options, where);
  }
}

/** Yields the unknown and wrong options of `@Namespace`. */
export function* checkNamespaceOptions(options: NamespaceOptions, where: string): Step<void> {
  yield* checkKinds('@Namespace', options, namespaceKinds, where);
  yield* checkKeys('`payload` of @Namespace', options.payload, payloadKeys, where);
  yield* checkLibraryOptions('`payload` of @Namespace', options.payload ?? {}, where);
}

function* checkLibraryOptions(of: string, { transform, validator }: ParamOptions, where: string): Step<void> {
  yield* checkKeys(`\`transform\` of ${of}`, transform, transformKeys, where);
  yield* checkKeys(`\`validator\` of ${of}`, validator, validatorKeys, where);
}

function* checkKinds<Options>(of: string, options: unknown, kinds: Kinds<Options>, where: string): Step<void> {
  yield* checkKeys(of, options, Object.keys(kinds), where);
  for (const [name, value] of Object.entries(Object(options) as object) as [keyof Options & string, unknown][]) {
    const [is, expected] = Object.hasOwn(kinds, name) ? kinds[name] : ANYTHING;
    if (value === undefined || is(value)) continue;
    yield {
      code: 'option_kind',
      where,
      what: `\`${name}\` of ${of} is ${inspect(value, { depth: 0, breakLength: Infinity })}.`,
      fix: `give ${expected}.`,
    };
  }
}

function* checkKeys(of: string, options: unknown, known: readonly string[], where: string): Step<void> {
  if (!isRecord(options)) return;
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const meant = closest(name, known);
    yield {
      code: 'unknown_option',
      where,
      what: `${of} has no option \`${name}\`, so it would be ignored.`,
      fix: meant
        ? `did you mean \`${meant}\`?`
        : `take it out; there are ${known.map((each) => `\`${each}\``).join(', ')}.`,
    };
  }
}
