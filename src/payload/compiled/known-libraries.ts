/** Whether the libraries are the code that compiled plans stand for. */
import { createHash } from 'node:crypto';
import { Expose } from 'class-transformer';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { getFromContainer, getMetadataStorage, registerDecorator, Validator } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import type { SettledOptions } from '../payload-options.js';
import { transformTables, validationTables } from './storages.js';

/**
 * The code of the two libraries that the compiled plans stand for, class-validator 0.15.1 and class-transformer 0.5.1,
 * as a SHA-256 of its text. Another release, another build or a patch has another.
 */
export const KNOWN_CODE = '6e5c86e6c18e96877260b59c37a0bf15b94a12d51a9af9c690c4eb93267850cf';

/** Why nothing at all can be compiled in this process or under these options; empty if something can. */
export function processReasons({ transform, validator }: SettledOptions): string[] {
  const reasons: string[] = [];
  if (codeHash() !== KNOWN_CODE) reasons.push('class-validator or class-transformer is not the code that is known');
  if (!storesMeet()) reasons.push('class-transformer is loaded twice');
  if ([...validationTables().validationMetadatas.keys()].some((type) => typeof type === 'string')) {
    reasons.push('a validation schema is registered by name');
  }
  if (!isValidatorStock()) reasons.push('the container has a Validator of its own');
  if (transform.strategy === 'excludeAll') reasons.push("the option strategy: 'excludeAll'");
  const options = { ...validator, ...transform } as Record<string, unknown>;
  for (const name of LEFT_TO_LIBRARY) if (options[name]) reasons.push(`the option ${name}`);
  for (const name of Object.keys(options)) if (!KNOWN_OPTIONS.has(name)) reasons.push(`the unknown option ${name}`);
  return reasons;
}

const LEFT_TO_LIBRARY = [
  'enableDebugMessages',
  'enableCircularCheck',
  'ignoreDecorators',
  'targetMaps',
  'excludePrefixes',
];

const KNOWN_OPTIONS: ReadonlySet<string> = new Set(
  `skipUndefinedProperties skipNullProperties skipMissingProperties whitelist forbidNonWhitelisted groups always
   strictGroups dismissDefaultMessages validationError forbidUnknownValues stopAtFirstError strategy
   excludeExtraneousValues version enableImplicitConversion exposeDefaultValues exposeUnsetFields`
    .split(/\s+/)
    .concat(LEFT_TO_LIBRARY),
);

/** The hash of the code that is loaded, methods that somebody replaced included. */
export function codeHash(): string {
  const members = loadedCode();
  const isSame = members.length === hashed?.members.length && hashed.members.every((part, i) => part === members[i]);
  if (hashed && isSame) return hashed.hash;
  const hash = createHash('sha256').update(members.map(String).join('\n')).digest('hex');
  hashed = { members, hash };
  return hash;
}

/** Every plan asks; the same functions need not be hashed again. */
let hashed: { readonly members: readonly unknown[]; readonly hash: string } | undefined;

/** The names and values of all methods that compiled code stands for. */
function loadedCode(): unknown[] {
  const storages = [transformTables(), getMetadataStorage()].map((storage) => storage.constructor);
  const members: unknown[] = [registerDecorator];
  for (const type of [ValidationExecutor, Validator, TransformOperationExecutor, ...storages]) {
    const descriptors: Record<string, object> = Object.getOwnPropertyDescriptors(type.prototype);
    for (const [name, descriptor] of Object.entries(descriptors)) members.push(name, ...Object.values(descriptor));
  }
  return members;
}

/** Whether class-transformer's decorators write to the storage that is read here. */
function storesMeet(): boolean {
  class Canary {}
  const { _exposeMetadatas } = transformTables();
  Expose()(Canary.prototype, 'song');
  return _exposeMetadatas.delete(Canary);
}

function isValidatorStock(): boolean {
  try {
    return getFromContainer(Validator).constructor === Validator;
  } catch {
    return false;
  }
}

/** Whether a constraint class is the one that the library wraps around the function of a decorator. */
export function isWrapper(constraint: Function): boolean {
  const text = constraint.toString();
  if (text === wrapperText) return true;
  const isIt = text.startsWith('class CustomConstraint {') && registerDecorator.toString().includes(text);
  if (isIt) wrapperText = text;
  return isIt;
}

let wrapperText: string | undefined;
