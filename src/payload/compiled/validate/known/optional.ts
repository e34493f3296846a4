/** Knows the condition of `@IsOptional`, which need not be asked. */
import { IsOptional } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { validationTables } from '../../storages.js';

/** Whether a condition is that of class-validator's `@IsOptional`: it has its name and its code. */
export function isOptional({ name, constraints }: ValidationMetadata): boolean {
  const sample = (known ??= madeOptional());
  return name === sample.name && String(constraints[0]) === sample.code;
}

let known: { readonly name: unknown; readonly code: string } | undefined;

/** Puts the decorator on a class, and takes it away again. */
function madeOptional(): typeof known & object {
  class Sampled {}
  IsOptional()(Sampled.prototype, 'property');
  const { validationMetadatas } = validationTables();
  const { name, constraints } = validationMetadatas.get(Sampled)![0]!;
  validationMetadatas.delete(Sampled);
  return { name, code: String((constraints as readonly unknown[])[0]) };
}
