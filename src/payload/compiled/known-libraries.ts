/** Whether the libraries are those that compiled plans stand for: known by their text, else by what they do in a probe at boot. */
import { createHash } from 'node:crypto';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { getFromContainer, getMetadataStorage, registerDecorator, Validator } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import type { SettledOptions } from '../payload-options.js';
import { librariesAgree } from './probe/probe.js';
import { areStoragesJoined, transformTables, validationTables } from './storages.js';

/** Why nothing at all can be compiled in this process or under these options; empty if something can. */
export function processReasons({ transform, validator }: SettledOptions): string[] {
  const reasons: string[] = [];
  if (!areStoragesJoined) reasons.push('class-transformer is loaded twice');
  if ([...validationTables().validationMetadatas.keys()].some((type) => typeof type === 'string')) {
    reasons.push('a validation schema is registered by name');
  }
  if (!isValidatorStock()) reasons.push('the container has a Validator of its own');
  // The probe validates, so nothing else may keep the library from doing so.
  if (reasons.length === 0 && !isKnown()) {
    reasons.push('class-validator or class-transformer is not the code that is known');
  }
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

/** Whether the libraries do what compiled plans do, and nobody has replaced a method of theirs since they were loaded. */
function isKnown(): boolean {
  if (loadedCode().some((part, index) => part !== code[index])) return false;
  return (agrees ||= codeHash() === KNOWN_CODE || librariesAgree());
}

/** Every plan asks; what was found to agree need not be asked again. */
let agrees = false;

/**
 * The text of class-validator 0.15.1 and class-transformer 0.5.1, with which all tests of compiled plans run, as a SHA-256. Of other
 * releases, and in bundles, the text is another one: then the probe compares what the code does.
 */
export const KNOWN_CODE = '6e5c86e6c18e96877260b59c37a0bf15b94a12d51a9af9c690c4eb93267850cf';

/** The hash of the text of all methods that compiled code stands for. */
export function codeHash(): string {
  return createHash('sha256').update(code.map(String).join('\n')).digest('hex');
}

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

const code = loadedCode();

function isValidatorStock(): boolean {
  try {
    return getFromContainer(Validator).constructor === Validator;
  } catch {
    return false;
  }
}
