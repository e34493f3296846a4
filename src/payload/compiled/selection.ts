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
  readonly #selected = new Map<Function, Selected>();

  constructor(options: ValidatorOptions) {
    this.#options = options;
  }

  of(type: Function): readonly ValidationMetadata[] {
    const { validationMetadatas: all } = validationTables();
    const index = indexOf(all, type);
    if (!index) return this.#select(getMetadataStorage(), type);
    const shown = ancestors(type, index).map((key) => [key, all.get(key)!] as const);
    const count = shown.reduce((sum, [, rules]) => sum + rules.length, 0);
    const known = this.#selected.get(type);
    if (known?.index === index && known.count === count) return known.rules;
    // The storage as it would be if nobody but the class and its ancestors had rules.
    const storage = Object.create(getMetadataStorage(), { validationMetadatas: { value: new Map(shown) } });
    const rules = this.#select(storage as MetadataStorage, type);
    this.#selected.set(type, { index, count, rules });
    return rules;
  }

  #select(storage: MetadataStorage, type: Function): readonly ValidationMetadata[] {
    const { always = false, strictGroups = false, groups } = this.#options;
    return storage.getTargetValidationMetadatas(type, '', always, strictGroups, groups);
  }
}

/** What was selected for a class, and what it was selected of. */
interface Selected {
  readonly index: Index;
  /** How many rules the class and its ancestors had. */
  readonly count: number;
  readonly rules: readonly ValidationMetadata[];
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
