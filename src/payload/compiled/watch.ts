/** Notices when decorators run after a class was compiled. */
import { getMetadataStorage } from 'class-validator';
import { lineage, transformTables, validationTables } from './storages.js';
import type { TransformTables, ValidationTables } from './storages.js';

/**
 * Notices when metadata were added to a class after it was compiled. It keeps how many entries each table had for the
 * class and its ancestors, and, for those that had none, how many classes the table knew.
 */
export class Watch {
  readonly #lists: { readonly list: readonly unknown[]; readonly was: number }[] = [];
  readonly #maps: { readonly map: ReadonlyMap<unknown, unknown>; readonly was: number }[] = [];
  readonly #absent: { readonly table: ReadonlyMap<unknown, unknown>; readonly type: unknown }[] = [];
  readonly #watched = new Set<unknown>();
  readonly #transform: TransformTables = transformTables();
  readonly #validation: ValidationTables = validationTables();
  #classes = 0;

  constructor() {
    this.#classes = this.#countClasses();
  }

  /** Watches a class and its ancestors in both libraries. */
  add(type: Function): void {
    for (const next of lineage(type)) {
      if (this.#watched.has(next)) continue;
      this.#watched.add(next);
      this.#addList(this.#validation.validationMetadatas, next);
      this.#addMap(this.#transform._typeMetadatas, next);
      this.#addMap(this.#transform._exposeMetadatas, next);
      this.#addMap(this.#transform._excludeMetadatas, next);
      this.#addMap(this.#transform._transformMetadatas, next);
      for (const list of this.#transform._transformMetadatas.get(next)?.values() ?? []) this.#watchList(list);
    }
  }

  /** Watches the registrations of a constraint class. */
  addConstraint(type: Function): void {
    if (this.#watched.has(type)) return;
    this.#watched.add(type);
    this.#addList(this.#validation.constraintMetadatas, type);
  }

  /** Whether anything was added since. */
  isStale(): boolean {
    for (const { list, was } of this.#lists) if (list.length !== was) return true;
    for (const { map, was } of this.#maps) if (map.size !== was) return true;
    if ((getMetadataStorage() as unknown) !== this.#validation) return true;
    const classes = this.#countClasses();
    if (classes === this.#classes) return false;
    this.#classes = classes;
    // A rule for a schema's name makes class-validator throw for every class.
    for (const type of this.#validation.validationMetadatas.keys()) if (typeof type === 'string') return true;
    return this.#absent.some(({ table, type }) => table.has(type));
  }

  #countClasses(): number {
    const { _typeMetadatas, _exposeMetadatas, _excludeMetadatas, _transformMetadatas } = this.#transform;
    return (
      this.#validation.validationMetadatas.size +
      _typeMetadatas.size +
      _exposeMetadatas.size +
      _excludeMetadatas.size +
      _transformMetadatas.size
    );
  }

  #addList(table: ReadonlyMap<unknown, readonly unknown[]>, type: unknown): void {
    const list = table.get(type);
    if (list) this.#watchList(list);
    else this.#absent.push({ table, type });
  }

  #watchList(list: readonly unknown[]): void {
    this.#lists.push({ list, was: list.length });
  }

  #addMap(table: ReadonlyMap<unknown, ReadonlyMap<unknown, unknown>>, type: unknown): void {
    const map = table.get(type);
    if (map) this.#maps.push({ map, was: map.size });
    else this.#absent.push({ table, type });
  }
}
