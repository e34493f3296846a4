/** Knows the condition of `@IsOptional`, which need not be asked. */
import { IsOptional } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { metadataMadeBy } from './sample.js';

/** Whether a condition is that of class-validator's `@IsOptional`: it has its name and its code. */
export function isOptional(metadata: ValidationMetadata): boolean {
  const sample = (known ??= metadataMadeBy(IsOptional(), 'property')!);
  return metadata.name === sample.name && codeOf(metadata) === codeOf(sample);
}

let known: ValidationMetadata | undefined;

function codeOf({ constraints }: ValidationMetadata): string {
  return String((constraints as readonly unknown[])[0]);
}
