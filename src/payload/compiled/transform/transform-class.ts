/** Compiled transformation of one class. */
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import type { TransformMetadata, TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { PLAIN_TO_CLASS, type Direction } from '../../nested.js';
import type { Class } from '../../payload-options.js';
import { lineage, transformTables, validationTables } from '../storages.js';
import { compileOther, compileProperty, isTakenIn } from './transform-property.js';
import type { Bag, Build, Call, Convert, Property, Setter } from './transform-property.js';

/** The library's own decisions, asked for once per class instead of once per message. */
export interface Decisions {
  getKeys(type: Class, object: object, isMap: boolean): string[];
  checkVersion(since?: number, until?: number): boolean;
  checkGroups(groups?: string[]): boolean;
}

/** A key that no class has. */
export const OTHER = '\0other';

/** Compiles what `plainToInstance` does with a plain object and a class. `call` holds the plan's options. */
export function compileClass(type: Class, names: readonly string[], call: Call, convert: Convert): Build {
  const { options } = call;
  const decisions = new TransformOperationExecutor(PLAIN_TO_CLASS, options) as unknown as Decisions;
  const kept = new Set(decisions.getKeys(type, Object.fromEntries([...names, OTHER].map((name) => [name, 1])), false));
  const takesOthers = kept.has(OTHER);
  const exposed = decisions.getKeys(type, {}, false);
  const setters = new Map<string, Setter | null>();
  for (const name of names) {
    const property = kept.has(name) ? propertyOf(type, name, call, decisions) : null;
    setters.set(name, property && compileProperty(property, options, convert));
  }
  const setOther = compileOther(options, convert);
  const isImplicit = Boolean(options.enableImplicitConversion);

  return (current, source) => {
    const keys = takesOthers ? Object.keys(source) : exposed;
    const instance = new type() as Bag;
    const isUsual = instance['constructor'] === type;
    for (const key of keys) {
      const setter = setters.get(key);
      if (setter) setter(current, instance, source, isUsual);
      else if (setter === undefined && key !== '__proto__' && key !== 'constructor') {
        setOther(current, instance, source, key, isImplicit ? designTypeOf(type, key) : undefined);
      }
    }
    if (takesOthers && exposed.length > 0) {
      for (const key of exposed) if (!keys.includes(key)) setters.get(key)?.(current, instance, source, isUsual);
    }
    return instance;
  };
}

/** Every name under which a class, its ancestors or its rules know a property. */
export function namesOf(type: Class): string[] {
  const names = new Set<unknown>();
  const { _typeMetadatas, _transformMetadatas, _exposeMetadatas, _excludeMetadatas } = transformTables();
  for (const next of lineage(type)) {
    for (const table of [_typeMetadatas, _transformMetadatas, _exposeMetadatas, _excludeMetadatas]) {
      for (const name of table.get(next)?.keys() ?? []) names.add(name);
    }
    for (const { options } of _exposeMetadatas.get(next)?.values() ?? []) names.add(options?.name);
    for (const { propertyName } of validationTables().validationMetadatas.get(next) ?? []) names.add(propertyName);
  }
  names.delete(undefined);
  return [...names] as string[];
}

/** The facts of one key of the input. */
export function propertyOf(type: Class, key: string, call: Call, decisions: Decisions): Property {
  const renamed = storage.findExposeMetadataByCustomName(type, key) as { propertyName: string } | undefined;
  const name = renamed ? renamed.propertyName : key;
  const metadata = storage.findTypeMetadata(type, name) as TypeMetadata | undefined;
  return {
    key,
    name,
    metadata,
    designType: !metadata && call.options.enableImplicitConversion ? designTypeOf(type, name) : undefined,
    transforms: transformsOf(type, name, call, decisions, PLAIN_TO_CLASS),
    isTaken: isTakenIn(type.prototype as object, name),
  };
}

/** The @Transforms of a property that apply under the options, in the order in which they run. */
export function transformsOf(
  type: Class,
  name: string,
  call: Call,
  decisions: Decisions,
  direction: Direction,
): TransformMetadata[] {
  const { version, groups } = call.options;
  return storage.findTransformMetadatas(type, name, direction).filter((metadata) => {
    const options = metadata.options as TransformMetadata['options'] | undefined;
    if (!options) return true;
    if (version !== undefined && !decisions.checkVersion(options.since, options.until)) return false;
    return groups?.length ? decisions.checkGroups(options.groups) : !options.groups?.length;
  });
}

function designTypeOf(type: Class, name: string): unknown {
  const reflect = Reflect as unknown as { getMetadata(key: string, target: object, property: string): unknown };
  return reflect.getMetadata('design:type', type.prototype as object, name);
}
