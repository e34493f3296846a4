/** The tables of metadata inside both libraries. */
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type {
  ExcludeMetadata,
  ExposeMetadata,
  TransformMetadata,
  TypeMetadata,
} from 'class-transformer/types/interfaces/index.js';
import { getMetadataStorage } from 'class-validator';
import { joinStorages } from './join-storages.js';
import type { ConstraintMetadata } from 'class-validator/types/metadata/ConstraintMetadata.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';

/** The tables of class-transformer, per class and property. */
export interface TransformTables {
  readonly _typeMetadatas: Map<unknown, Map<string | undefined, TypeMetadata>>;
  readonly _transformMetadatas: Map<unknown, Map<string, TransformMetadata[]>>;
  readonly _exposeMetadatas: Map<unknown, Map<string | undefined, ExposeMetadata>>;
  readonly _excludeMetadatas: Map<unknown, Map<string | undefined, ExcludeMetadata>>;
}

/** The tables of class-validator, per class and per constraint class. */
export interface ValidationTables {
  readonly validationMetadatas: Map<unknown, ValidationMetadata[]>;
  readonly constraintMetadatas: Map<unknown, ConstraintMetadata[]>;
}

/** Whether class-transformer's decorators write to the storage that is read here. */
export const areStoragesJoined = joinStorages();

/** The tables inside of class-transformer's storage. */
export function transformTables(): TransformTables {
  return defaultMetadataStorage as unknown as TransformTables;
}

/** The tables inside of class-validator's storage. */
export function validationTables(): ValidationTables {
  return getMetadataStorage() as unknown as ValidationTables;
}

/** The classes whose metadata a class inherits, itself first. */
export function lineage(type: Function): Function[] {
  const found = new Set<Function>([type]);
  for (
    let next: unknown = Object.getPrototypeOf(type);
    typeof next === 'function';
    next = Object.getPrototypeOf(next)
  ) {
    if ((next as { prototype?: unknown }).prototype !== undefined) found.add(next);
  }
  for (let proto: unknown = type.prototype; proto !== null; proto = Object.getPrototypeOf(proto)) {
    const { constructor } = proto as { constructor?: unknown };
    if (typeof constructor === 'function') found.add(constructor);
  }
  return [...found];
}
