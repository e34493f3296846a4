/** Holds instances to the shape that their classes declare. */
import type { RuleSelection } from '../compiled/selection.js';
import type { Watch } from '../compiled/watch.js';
import { isPlainObject } from '../bounds.js';
import { PLAIN_TO_CLASS, type Direction } from '../nested.js';
import type { Class, SettledOptions } from '../payload-options.js';
import { declaredShapes, type DeclaredShape } from './declared-shape.js';

type Bag = Readonly<Record<string, unknown>>;

/** One value that has not the shape that its class declares. */
export interface Misshapen {
  /** The place, names and indexes joined with dots. */
  readonly path: string;
  readonly message: string;
  /** The place whose other rules say nothing more. */
  readonly covers: string;
}

/** A declared shape with what can be known of the objects in it. */
interface Checked extends DeclaredShape {
  /** The class whose instances are one object each, with nothing declared inside; most nested classes are of this kind. */
  readonly leaf: unknown;
}

/** Stands for a class that no value has. */
const NONE = Symbol('none');

/** The shapes of one class and of all that are nested in it. */
export class Shapes {
  readonly #classes = new Map<unknown, readonly Checked[]>();
  readonly #maxIssues: number;
  readonly #skips: (value: unknown) => boolean;

  constructor(
    private readonly options: SettledOptions,
    private readonly rules: RuleSelection,
    private readonly watch: Watch,
    private readonly direction: Direction = PLAIN_TO_CLASS,
  ) {
    this.#maxIssues = options.maxIssues;
    this.#skips = skipsOf(options);
  }

  /** Whether a class declares any shape, so that its instances need to be looked at. */
  declares(type: Class): boolean {
    return this.#of(type).length > 0;
  }

  /**
   * The places where an instance has another shape than its class declares; `undefined` if there are none.
   *
   * @param source the plain object that the instance was made of, with its discriminators
   */
  check(instance: object, source: unknown): readonly Misshapen[] | undefined {
    const found: Misshapen[] = [];
    this.#object(instance, source, found);
    return found.length > 0 ? found : undefined;
  }

  #of(type: unknown): readonly Checked[] {
    const known = this.#classes.get(type);
    if (known) return known;
    const checked = this.#declared(type).map((shape) => ({ ...shape, leaf: this.#leafOf(shape) }));
    this.#classes.set(type, checked);
    return checked;
  }

  #declared(type: unknown): readonly DeclaredShape[] {
    if (typeof type !== 'function') return [];
    this.watch.add(type);
    const rules = this.#rulesOf(type);
    return rules.length > 0 ? declaredShapes(type as Class, rules, this.options, this.direction) : [];
  }

  #leafOf({ nestedType, discriminator }: DeclaredShape): unknown {
    return nestedType && !discriminator && this.#declared(nestedType).length === 0 ? nestedType : NONE;
  }

  #rulesOf(type: Function): ReturnType<RuleSelection['of']> {
    try {
      return this.rules.of(type);
    } catch {
      // Where a schema is registered by name class-validator throws for every class, and nothing passes.
      return [];
    }
  }

  #object(instance: object, source: unknown, found: Misshapen[]): void {
    for (const shape of this.#of(instance.constructor)) {
      if (found.length >= this.#maxIssues) return;
      const before = found.length;
      const value = (instance as Bag)[shape.name];
      this.#property(shape, value, source, found);
      if (found.length > before && !isAsked(shape, instance, value)) found.length = before;
    }
  }

  #property(shape: Checked, value: unknown, source: unknown, found: Misshapen[]): void {
    const { name } = shape;
    if (value === undefined || value === null) {
      if (shape.isRequired && !this.#skips(value)) found.push(at(name, `${name} is required`));
      return;
    }
    if (shape.kind === 'object' && value.constructor === shape.leaf) return;
    const misfit = misfitOf[shape.kind](value);
    if (misfit) found.push(at(name, `${name} must be ${misfit}`));
    else if (shape.isNested) this.#nested(shape, value, sourceOf(shape, source), name, found);
  }

  /** Looks at a nested object, or at the elements of a collection. */
  #nested(shape: Checked, value: unknown, source: unknown, path: string, found: Misshapen[]): void {
    if (Array.isArray(value)) return this.#elements(shape, value, listOf(source, value.length), path, found);
    if (value instanceof Set) return this.#elements(shape, [...value], listOf(source, value.size), path, found);
    if (value instanceof Map) {
      for (const [key, item] of value) {
        this.#element(shape, item, (source as Bag | undefined)?.[key as string], `${path}.${String(key)}`, found);
      }
      return;
    }
    if (typeof value === 'object' && value !== null) this.#one(shape, value, source, path, found);
  }

  #elements(shape: Checked, items: readonly unknown[], source: Bag, path: string, found: Misshapen[]): void {
    for (let index = 0; index < items.length && found.length < this.#maxIssues; index++) {
      const item = items[index];
      if (item !== undefined && item !== null && item.constructor === shape.leaf) continue;
      this.#element(shape, item, source[index], `${path}.${index}`, found);
    }
  }

  #element(shape: Checked, item: unknown, source: unknown, path: string, found: Misshapen[]): void {
    const mayNest = !shape.isFlat && Array.isArray(item);
    if (mayNest) return this.#nested(shape, item, source, path, found);
    if (this.#skips(item)) return;
    if (shape.kind !== 'any' && !isOneObject(item)) {
      found.push(at(path, `each value in ${shape.name} must be an object`));
    } else this.#nested(shape, item, source, path, found);
  }

  #one(shape: Checked, value: object, source: unknown, path: string, found: Misshapen[]): void {
    const { discriminator } = shape;
    if (discriminator && !isChosen(discriminator, value, source)) {
      const { property, names } = discriminator;
      const message = `${property} must be one of the following values: ${[...names].map(String).join(', ')}`;
      found.push({ path: `${path}.${property}`, message, covers: path });
      return;
    }
    const before = found.length;
    this.#object(value, source, found);
    for (let index = before; index < found.length; index++) found[index] = within(found[index]!, path);
  }
}

/** Why a value is not of a kind; `undefined` if it is. */
const misfitOf: Readonly<Record<DeclaredShape['kind'], (value: unknown) => string | undefined>> = {
  any: () => undefined,
  object: (value) => (isOneObject(value) ? undefined : 'an object'),
  array: (value) => (Array.isArray(value) ? undefined : 'an array'),
  set: (value) => (value instanceof Set ? undefined : 'an array'),
  map: (value) => (value instanceof Map ? undefined : 'an object'),
};

function isOneObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return !(Array.isArray(value) || value instanceof Set || value instanceof Map || ArrayBuffer.isView(value));
}

/** The conditions are asked only if there is something to tell of. One that throws is left to the rules. */
function isAsked({ conditions }: DeclaredShape, instance: object, value: unknown): boolean {
  try {
    return conditions.every((condition) => condition(instance, value));
  } catch {
    return false;
  }
}

/** Whether the discriminator names one of the classes. */
function isChosen({ property, names, classes, hasDefault }: Chosen, value: object, source: unknown): boolean {
  if (!isPlainObject(source)) return classes.has(value.constructor);
  return property in source ? names.has((source as Bag)[property]) : hasDefault;
}

type Chosen = NonNullable<DeclaredShape['discriminator']>;

/** The part of the source that a property's value was made of; `undefined` if that cannot be told. */
function sourceOf({ keys }: DeclaredShape, source: unknown): unknown {
  if (!isPlainObject(source)) return undefined;
  const [key, ...others] = keys.filter((each) => Object.hasOwn(source, each));
  return key !== undefined && others.length === 0 ? (source as Bag)[key] : undefined;
}

const NOTHING: Bag = Object.freeze([]) as unknown as Bag;

/** The elements of the source, if they are as many as those that were made of them. */
function listOf(source: unknown, length: number): Bag {
  return Array.isArray(source) && source.length === length ? (source as unknown as Bag) : NOTHING;
}

function at(path: string, message: string): Misshapen {
  return { path, message, covers: path };
}

function within({ path, message, covers }: Misshapen, parent: string): Misshapen {
  return { path: `${parent}.${path}`, message, covers: `${parent}.${covers}` };
}

/** Whether the options say that a missing value is not checked. */
export function skipsOf({ validator }: SettledOptions): (value: unknown) => boolean {
  const { skipUndefinedProperties, skipNullProperties, skipMissingProperties } = validator;
  const skipsUndefined = skipUndefinedProperties === true || skipMissingProperties === true;
  const skipsNull = skipNullProperties === true || skipMissingProperties === true;
  if (!skipsUndefined && !skipsNull) return () => false;
  return (value) => (value === undefined && skipsUndefined) || (value === null && skipsNull);
}
