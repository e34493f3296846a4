/** Copies of values that a plan would change: class-transformer takes discriminators out of what it is given. */
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { isPlainObject } from '../../bounds.js';
import { isUserClass, probeType } from '../../nested.js';
import type { Class } from '../../payload-options.js';
import { namesOf } from './transform-class.js';
import { discriminatorOf } from './transform-property.js';

/** Returns a value that may be changed in the place of the given one. */
export type Copy = (value: unknown) => unknown;

/** The arrays and plain objects of a value made anew; what else is in it stays the same. */
export const copyOf: Copy = (value) => {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
};

/** Leaves the value as it is. */
export const noCopy: Copy = (value) => value;

/** Copies no more than the objects that a discriminator is taken out of, and those around them. */
export class Copies {
  readonly #copies = new Map<Class, Copy>();
  readonly #open = new Set<Class>();

  of(type: Class): Copy {
    const known = this.#copies.get(type);
    if (known) return known;
    // A class that is nested in itself may go as deep as the value does.
    if (this.#open.has(type)) return copyOf;
    this.#open.add(type);
    const copies = namesOf(type).flatMap((key) => {
      const copy = this.#ofKey(type, key);
      return copy === noCopy ? [] : [[key, copy] as const];
    });
    this.#open.delete(type);
    const copy = copies.length > 0 ? ofObject(copies) : noCopy;
    this.#copies.set(type, copy);
    return copy;
  }

  #ofKey(type: Class, key: string): Copy {
    const renamed = defaultMetadataStorage.findExposeMetadataByCustomName(type, key) as
      { propertyName: string } | undefined;
    const property = renamed?.propertyName ?? key;
    const metadata = defaultMetadataStorage.findTypeMetadata(type, property) as TypeMetadata | undefined;
    if (!metadata) return noCopy;
    const { types, isChosenByMessage } = probeType(metadata, property);
    const nested = types.filter(isUserClass).map((next) => this.of(next));
    const isTaken = discriminatorOf(metadata) !== undefined && !metadata.options.keepDiscriminatorProperty;
    const isDeep = nested.some((copy) => copy !== noCopy);
    if (isChosenByMessage || (isDeep && (types.length > 1 || (metadata.reflectedType as unknown) === Map)))
      return copyOf;
    if (isDeep) return each(nested[0]!);
    return isTaken ? each(shallow) : noCopy;
  }
}

function ofObject(copies: readonly (readonly [key: string, copy: Copy])[]): Copy {
  return (value) => {
    if (!isPlainObject(value)) return value;
    const copied = { ...value } as Record<string, unknown>;
    for (const [key, copy] of copies) if (Object.hasOwn(copied, key)) copied[key] = copy(copied[key]);
    return copied;
  };
}

/** The copy of one object, for the elements of arrays too. */
function each(copy: Copy): Copy {
  return (value) => (Array.isArray(value) ? value.map(each(copy)) : copy(value));
}

const shallow: Copy = (value) => (isPlainObject(value) ? { ...value } : value);
