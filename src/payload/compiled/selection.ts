/** Selects the rules of a class, own and inherited. */
import type { MetadataStorage, ValidatorOptions } from 'class-validator';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { validationTables } from './storages.js';

/** The classes that have rules by their prototypes, each with its place in the library's table. */
type Index = ReadonlyMap<unknown, { readonly key: unknown; readonly at: number }>;

/**
 * Selects the rules of a class that apply under the options, own and inherited, as the library does. The library asks
 * every class that has rules whether it is an ancestor; here it is shown the ancestors only, or booting would take a
 * time that grows with the square of the number of classes.
 */
export class RuleSelection {
  readonly #options: ValidatorOptions;

  constructor(options: ValidatorOptions) {
    this.#options = options;
  }

  of(type: Function): ValidationMetadata[] {
    const { always = false, strictGroups = false, groups } = this.#options;
    return this.#storageFor(type).getTargetValidationMetadatas(type, '', always, strictGroups, groups);
  }

  /** The storage as it would be if nobody but the class and its ancestors had rules. */
  #storageFor(type: Function): MetadataStorage {
    const storage = getMetadataStorage();
    const { validationMetadatas: all } = validationTables();
    const index = indexOf(all, type);
    if (!index) return storage;
    const keys = ancestors(type, index);
    const shown = new Map(keys.map((key) => [key, all.get(key)!]));
    return Object.create(storage, { validationMetadatas: { value: shown } }) as MetadataStorage;
  }
}

/** The index of the library's table, and how many classes that had; all selections share it, as each class has several. */
let latest: { readonly table: object; readonly size: number; readonly index: Index | undefined } | undefined;

/** Returns the index for a class; `undefined` if `instanceof`, which the library uses, may say something else. */
function indexOf(table: ReadonlyMap<unknown, unknown>, type: Function): Index | undefined {
  const { size } = table;
  if (latest?.table !== table || latest.size !== size || !holds(latest.index, table, type)) {
    latest = { table, size, index: indexed([...table.keys()]) };
  }
  return latest.index;
}

/** Whether an index has the class and its ancestors as the table has them: as many classes need not be the same ones. */
function holds(index: Index | undefined, table: ReadonlyMap<unknown, unknown>, type: Function): boolean {
  if (!index) return false;
  for (let next: unknown = type; typeof next === 'function'; next = Object.getPrototypeOf(next)) {
    if (table.has(next) !== (index.get(next.prototype)?.key === next)) return false;
  }
  return true;
}

function indexed(keys: readonly unknown[]): Index | undefined {
  const index = new Map<unknown, { key: unknown; at: number }>();
  for (const [at, key] of keys.entries()) {
    if (typeof key !== 'function' || key[Symbol.hasInstance] !== Function.prototype[Symbol.hasInstance])
      return undefined;
    const prototype: unknown = key.prototype;
    if (typeof prototype !== 'object' || prototype === null || index.has(prototype)) return undefined;
    index.set(prototype, { key, at });
  }
  return index;
}

/** The class and its ancestors, in the order in which the table has them. */
function ancestors(type: Function, index: Index): unknown[] {
  const found: { readonly key: unknown; readonly at: number }[] = [];
  for (let next: unknown = type.prototype; next; next = Object.getPrototypeOf(next)) {
    const entry = index.get(next);
    if (entry) found.push(entry);
  }
  return found.toSorted((a, b) => a.at - b.at).map(({ key }) => key);
}
