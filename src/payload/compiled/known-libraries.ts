/** Whether the libraries are those that compiled plans stand for, which is known by what they do: by a probe at boot. */
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
  return (agrees ||= librariesAgree());
}

/** Every plan asks; what was found to agree need not be asked again. */
let agrees = false;

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
