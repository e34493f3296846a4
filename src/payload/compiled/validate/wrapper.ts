/** The class that class-validator wraps around the function of a decorator. */
import { registerDecorator } from 'class-validator';
import { validationTables } from '../storages.js';

/**
 * Whether a constraint class is the library's own wrapper of a function. Its methods use no `this`, so they need no instance. It is
 * known by its code: that of a wrapper that is made to be looked at.
 */
export function isWrapper(constraint: Function): boolean {
  const known = wrappers.get(constraint);
  if (known !== undefined) return known;
  const isIt = codeOf(constraint) === (wrapperCode ??= codeOf(madeWrapper()));
  wrappers.set(constraint, isIt);
  return isIt;
}

const wrappers = new WeakMap<Function, boolean>();
let wrapperCode: string | undefined;

/** The code of a class and of its methods; a bundler may have turned it into a function. */
function codeOf(type: Function): string {
  const prototype = (type.prototype ?? {}) as Readonly<Record<string, unknown>>;
  const members = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return [String(type), ...members.flatMap((name) => [name, String(prototype[name])])].join('\n');
}

function madeWrapper(): Function {
  class Canary {}
  const { validationMetadatas, constraintMetadatas } = validationTables();
  registerDecorator({ target: Canary, propertyName: 'canary', name: 'canary', validator: { validate: () => true } });
  const { constraintCls } = validationMetadatas.get(Canary)![0]!;
  validationMetadatas.delete(Canary);
  constraintMetadatas.delete(constraintCls);
  return constraintCls;
}
