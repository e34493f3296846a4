/** The class that class-validator wraps around the function of a decorator. */
import { registerDecorator } from 'class-validator';
import { validationTables } from '../storages.js';

/**
 * Whether a constraint class is the library's own wrapper of a function. Its methods use no `this`, so they need no instance. It is
 * known by its code: that of a wrapper that is made to be looked at.
 */
export function isWrapper(constraint: Function): boolean {
  return codeOf(constraint) === (wrapperCode ??= codeOf(madeWrapper()));
}

let wrapperCode: string | undefined;

/** The code of a class with its methods; those of one that a bundler has turned into a function stand elsewhere. */
function codeOf(type: Function): string {
  const code = String(type);
  if (code.startsWith('class')) return code;
  const prototype = (type.prototype ?? {}) as Readonly<Record<string, unknown>>;
  const members = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return [code, ...members.flatMap((name) => [name, String(prototype[name])])].join('\n');
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
