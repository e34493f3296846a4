/** Nested classes, as both libraries know them. */
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import type { Class } from './payload-options.js';

/** class-transformer's number for what `plainToInstance` does. */
export const PLAIN_TO_CLASS = 0;
/** Its number for what `instanceToPlain` does. */
export const CLASS_TO_PLAIN = 1;
/** The direction of a transformation. */
export type Direction = typeof PLAIN_TO_CLASS | typeof CLASS_TO_PLAIN;

/** The types that a @Type may return. A type function that needs a real message returns nothing yet. */
export function typesOf(metadata: TypeMetadata, property: string): readonly unknown[] {
  return probeType(metadata, property).types;
}

/** Asks a @Type for its types, without a message, and says whether it looked for one: then each message decides. */
export function probeType(
  { typeFunction, reflectedType, options }: TypeMetadata,
  property: string,
): { readonly types: readonly unknown[]; readonly isChosenByMessage: boolean } {
  const subTypes = options?.discriminator?.subTypes?.map((subType) => subType.value as unknown) ?? [];
  if (!(typeFunction as unknown)) return { types: [reflectedType, ...subTypes], isChosenByMessage: false };
  let isChosenByMessage = false;
  const empty = (): object => {
    isChosenByMessage = true;
    return {};
  };
  const message = Object.defineProperties({}, { newObject: { get: empty }, object: { get: empty } });
  try {
    const type: unknown = typeFunction(Object.assign(message, { property }) as never);
    const isUnknown = isChosenByMessage && type === undefined;
    return { types: isUnknown ? subTypes : [type, ...subTypes], isChosenByMessage };
  } catch {
    return { types: subTypes, isChosenByMessage: true };
  }
}

const BUILT_IN: ReadonlySet<unknown> = new Set(
  Object.getOwnPropertyNames(globalThis)
    .map((name) => Object.getOwnPropertyDescriptor(globalThis, name)?.value as unknown)
    .filter((value) => typeof value === 'function')
    .concat(Buffer, Object.getPrototypeOf(Uint8Array)),
);

/** Whether a type is one of the language's or the platform's own classes: Array, Date, Buffer … */
export function isBuiltIn(type: unknown): boolean {
  return BUILT_IN.has(type);
}

/** Whether a type is a class of user code. */
export function isUserClass(type: unknown): type is Class {
  return typeof type === 'function' && !BUILT_IN.has(type);
}
