/** Written types that say too little at run time, each with its remedy. */
import type { BootErrorCode } from '../../../base/boot-errors.js';
import type { Source } from './check-value.js';

interface TypeProblem {
  readonly code: BootErrorCode;
  readonly what: string;
  readonly fix: string;
}

/** Returns the problem of a written type, if it has one. */
export function typeProblem(type: unknown, source: Source, isDecorated: boolean): TypeProblem | undefined {
  if (type === Function) return importTypeProblem;
  if (type === undefined) return cycleProblem;
  if (typeof type !== 'function') return enumProblem;
  if (source.textual && notTextual.has(type)) return textProblem;
  if (type === Array) return arrayProblem;
  return type === Object && isDecorated && source.label === '' ? objectProblem : undefined;
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
  fix: 'specify its type: @Payload({ type: String }) or @Payload({ type: Number }), or take a class with @IsEnum.',
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

const objectProblem: TypeProblem = {
  code: 'object_type',
  what: 'the type is an Object at run time, so nothing would be checked: `Dto | null`, an interface, `unknown`, a generic, or (swc, oxc) a class imported with `import type`.',
  fix: 'state the class: @Payload({ type: Dto }), with `optional: true` where it may be missing; @Payload({ type: Object }) accepts anything.',
};
