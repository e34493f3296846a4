/** Options of decorators that do not exist, or have the wrong kind: they would be ignored, or misread, without a word. */
import { inspect } from 'node:util';
import { isBoolean, isFunction, isList, isRecord, isText, oneOf } from '../../base/boot/kinds.js';
import { closest } from '../../base/boot/unknown-option.js';
import { payloadKeys, transformKeys, validatorKeys } from '../../payload/index.js';
import type { SetupProblem } from '../../base/errors.js';
import type {
  EmissionOptions,
  HandlerOptions,
  NamespaceOptions,
  ParamMetadata,
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

/** Returns the unknown and wrong options of a handler, of what it emits and of its parameters. */
export function handlerOptionProblems({ label, kind, options, emissions, params }: HandlerFacts): Problems {
  return [
    ...kindProblems(kind === 'any' ? '@OnAny' : '@On', options, handlerKinds, label),
    ...emissions.flatMap((emission) => kindProblems('@Emit', emission.options, emissionKinds, label)),
    ...params.flatMap((param) => (param.metadata ? paramOptionProblems(param.metadata, label) : NONE)),
  ];
}

function paramOptionProblems({ kind, index, options }: ParamMetadata, label: string): Problems {
  const where = `${label}, parameter ${index + 1}`;
  const decorator = `@${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  return [...kindProblems(decorator, options, paramKinds, where), ...libraryProblems(decorator, options, where)];
}

/** Returns the unknown and wrong options of `@Namespace`. */
export function namespaceOptionProblems(options: NamespaceOptions, where: string): Problems {
  const payload = options.payload ?? {};
  return [
    ...kindProblems('@Namespace', options, namespaceKinds, where),
    ...keyProblems('`payload` of @Namespace', payload, payloadKeys, where),
    ...libraryProblems('`payload` of @Namespace', payload, where),
  ];
}

type Problems = readonly SetupProblem[];

const NONE: Problems = [];

function libraryProblems(of: string, { transform, validator }: ParamOptions, where: string): Problems {
  return [
    ...keyProblems(`\`transform\` of ${of}`, transform, transformKeys, where),
    ...keyProblems(`\`validator\` of ${of}`, validator, validatorKeys, where),
  ];
}

function kindProblems<Options>(of: string, options: unknown, kinds: Kinds<Options>, where: string): Problems {
  const given = Object.entries(Object(options) as object) as [keyof Options & string, unknown][];
  if (given.length === 0) return NONE;
  const wrong = given.flatMap(([name, value]) => {
    const [is, expected] = Object.hasOwn(kinds, name) ? kinds[name] : ANYTHING;
    return value === undefined || is(value) ? NONE : [wrongKind(of, name, value, expected, where)];
  });
  return [...keyProblems(of, options, Object.keys(kinds), where), ...wrong];
}

function wrongKind(of: string, name: string, value: unknown, expected: string, where: string): SetupProblem {
  return {
    code: 'option_kind',
    where,
    what: `\`${name}\` of ${of} is ${inspect(value, { depth: 0, breakLength: Infinity })}.`,
    fix: `give ${expected}.`,
  };
}

function keyProblems(of: string, options: unknown, known: readonly string[], where: string): Problems {
  if (!isRecord(options)) return NONE;
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || known.includes(name)) return NONE;
    const meant = closest(name, known);
    return {
      code: 'unknown_option',
      where,
      what: `${of} has no option \`${name}\`, so it would be ignored.`,
      fix: meant
        ? `did you mean \`${meant}\`?`
        : `take it out; there are ${known.map((each) => `\`${each}\``).join(', ')}.`,
    };
  });
}
