/** Samples of class-validator's decorators. */
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { validationTables } from '../../storages.js';

/** What a decorator notes of a property; it is put on a class, and taken away again. */
export function metadataMadeBy(decorator: PropertyDecorator, property: string): ValidationMetadata | undefined {
  class Sampled {}
  decorator(Sampled.prototype, property);
  const { validationMetadatas } = validationTables();
  const [metadata] = validationMetadatas.get(Sampled) ?? [];
  validationMetadatas.delete(Sampled);
  return metadata;
}
