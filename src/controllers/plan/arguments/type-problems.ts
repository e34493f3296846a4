/** Written types that say too little at run time, each with its remedy. */
import type { BootErrorCode } from '../../../base/boot-errors.js';
import type { ParamKind } from '../../metadata/types.js';
import type { Source } from './check-value.js';

interface TypeProblem {
  readonly code: BootErrorCode;
  readonly what: string;
  readonly fix: string;
}

/** Returns the problem of a written type, if it has one. */
export function typeProblem(type: unknown, source: Source, kind: ParamKind): TypeProblem | undefined {
  if (type === Function) return importTypeProblem;
  if (type === undefined) return cycleProblem;
  if (typeof type !== 'function') return enumProblem;
  if (source.textual && notTextual.has(type)) return textProblem;
  if (type === Array) return arrayProblem;
  return type === Object && carried.has(kind) ? unvalidatedOf(kind, source) : undefined;
}

const importTypeProblem: TypeProblem = {
  code: 'type_import',
  what: 'the type is a Function at run time: a class imported with `import type`, or a function type.',
  fix: 'import the class itself, without `type` (Biome: switch off `style.useImportType`); mark an acknowledgement with @Ack().',
};

const cycleProblem: TypeProblem = {
  code: 'type_cycle',
  what: 'the type is undefined at run time: a cycle of imports.',
  fix: 'move the class to a file of its own, or specify it: @Payload({ type: Dto }).',
};

const enumProblem: TypeProblem = {
  code: 'enum_type',
  what: 'the type is an enum, which this compiler does not turn into a type.',
  fix: 'name the enum, @Payload({ enum: Color }), or specify a type: @Payload({ type: String }) or @Payload({ type: Number }).',
};

/** Types that no text can express. */
const notTextual: ReadonlySet<unknown> = new Set([Array, Buffer, Uint8Array]);

const textProblem: TypeProblem = {
  code: 'not_textual',
  what: 'a header, a cookie, a value of the query or of the path is one text, so this type never fits.',
  fix: 'take a string and split it; a value that a query may repeat is in @Handshake().',
};

const arrayProblem: TypeProblem = {
  code: 'array_type',
  what: 'the type is an array; the type of its elements is lost at run time, so nothing would check them.',
  fix: 'specify it: @Payload({ each: Item }), @Payload({ each: String }), or @Payload({ type: Array }) for any array.',
};

/** The parameters whose values are whatever the client sends. */
const carried: ReadonlySet<ParamKind> = new Set(['payload', 'auth', 'query', 'header', 'cookie', 'param']);

function unvalidatedOf(kind: ParamKind, { label, textual }: Source): TypeProblem {
  const decorator = `@${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const isOneText = textual && label.includes('(');
  const stated = isOneText ? `${label.slice(0, -1)}, { type: String })` : `${decorator}({ type: Dto })`;
  const open = isOneText ? `${label.slice(0, -1)}, { type: Object })` : `${decorator}({ type: Object })`;
  return {
    code: 'unvalidated',
    what: 'nothing checks the argument, because its type is an Object at run time: `Dto | null`, an interface, a type alias, `unknown`, a generic, or (swc, oxc) a class imported with `import type`.',
    fix: `state the class: ${stated}, with \`optional: true\` where it may be missing; ${open} accepts anything.`,
  };
}

/** The arguments of `@Args`. */
export const unvalidatedArgs: TypeProblem = {
  code: 'unvalidated',
  what: 'nothing checks what @Args() gives: all arguments of the event, as they came.',
  fix: 'write a parameter for each argument, or @Payload({ each: Item }) ...items; @Payload({ each: Object }) ...items accepts anything.',
};

/** The arguments that a rest parameter takes without a class. */
export const unvalidatedRest: TypeProblem = {
  code: 'unvalidated',
  what: 'nothing checks the arguments of the rest parameter: the type of its elements is lost at run time.',
  fix: 'state the class: @Payload({ each: Item }) ...items; @Payload({ each: Object }) ...items accepts anything.',
};
