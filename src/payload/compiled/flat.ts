/**
 * The short way of flat payloads: a class whose rules are all decided here, and a value of texts, numbers and booleans that keeps them
 * and has nothing else. It is looked at before the instance is made, which then need not be stripped and validated. Whatever else
 * a class or a value is, nothing has happened, and it goes the way of all others.
 */
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { Class, SettledOptions } from '../payload-options.js';
import { lineage, transformTables } from './storages.js';
import { isBlocked, type Bag } from './transform/transform-property.js';
import { passes, type Decided } from './validate/known/decide.js';
import { isOptional } from './validate/known/optional.js';
import { split } from './validate/known/split.js';
import { compileRules } from './validate/rules.js';

/** One property of a flat class. */
interface FlatProperty {
  readonly name: string;
  readonly rules: readonly Decided[];
  readonly isOptional: boolean;
}

type Properties = ReadonlyMap<string, FlatProperty>;

/** Returns the short way of a class; `undefined` if anything but rules that are decided here has a say in what is made of a value. */
export function flatOf(
  type: Class,
  rules: readonly ValidationMetadata[],
  options: SettledOptions,
): FlatClass | undefined {
  const isOpen = rules.length > 0 && hasStockOptions(options) && !isTransformed(type);
  const properties = isOpen ? propertiesOf(type, rules) : undefined;
  return properties && new FlatClass(type, properties);
}

export class FlatClass {
  readonly #inOrder: readonly FlatProperty[];
  readonly #required: number;

  constructor(
    private readonly type: Class,
    private readonly properties: Properties,
  ) {
    this.#inOrder = [...properties.values()];
    this.#required = this.#inOrder.filter((property) => !property.isOptional).length;
  }

  /**
   * Returns how many keys a value has that goes the short way; -1 for any other. No code of a user's runs.
   * V8 reads the properties of an object by `for…in` without looking them up, and keys come mostly in the order of the rules.
   */
  keysOf(value: object): number {
    let required = this.#required;
    let count = 0;
    for (const key in value) {
      const expected = this.#inOrder[count++];
      const property = expected?.name === key ? expected : this.properties.get(key);
      if (property === undefined || !hasOwn.call(value, key)) return -1;
      const each = (value as Bag)[key];
      const isKept = isPrimitive(each) ? passes(property.rules, each) : each === null && property.isOptional;
      if (!isKept) return -1;
      if (!property.isOptional) required--;
    }
    return required === 0 ? count : -1;
  }

  /** Makes the instance of such a value, as class-transformer does. */
  make(value: object): object {
    const instance = new this.type() as Bag;
    const isUsual = instance['constructor'] === this.type;
    // oxlint-disable-next-line guard-for-in -- its keys are its own
    for (const key in value) {
      if (isUsual ? instance[key] instanceof Function : isBlocked(instance, key)) continue;
      instance[key] = (value as Bag)[key];
    }
    return instance;
  }

  /** Whether an instance holds what its value does, and nothing else: if not, its constructor had a say, and the rules have one too. */
  isLike(instance: object, value: object, count: number): boolean {
    if (instance.constructor !== this.type) return false;
    let left = count;
    for (const key in instance) {
      if ((instance as Bag)[key] !== (value as Bag)[key]) return false;
      left--;
    }
    return left === 0;
  }
}

/** Called as it is, V8 knows the answer for the keys of `for…in`. */
// oxlint-disable-next-line typescript/unbound-method -- it is called with its value
const { hasOwnProperty: hasOwn } = Object.prototype;

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The options without any of a user's own. */
function hasStockOptions({ transform, validator }: SettledOptions): boolean {
  const stock: Readonly<Record<string, unknown>> = STOCK;
  return (
    Object.keys(transform).length === 0 &&
    Object.entries(validator).every(([name, value]) => Object.hasOwn(stock, name) && stock[name] === value)
  );
}

const STOCK = { whitelist: true, forbidUnknownValues: true, stopAtFirstError: false } as const;

function isTransformed(type: Class): boolean {
  const { _typeMetadatas, _transformMetadatas, _exposeMetadatas, _excludeMetadatas } = transformTables();
  const tables = [_typeMetadatas, _transformMetadatas, _exposeMetadatas, _excludeMetadatas];
  return lineage(type).some((next) => tables.some((table) => table.has(next)));
}

/** The properties of a class; `undefined` if one has a rule that must be asked, or if there is something in its place. */
function propertiesOf(type: Class, metadatas: readonly ValidationMetadata[]): Properties | undefined {
  const properties = new Map<string, FlatProperty>();
  for (const [name, group] of Object.entries(getMetadataStorage().groupByPropertyName([...metadatas]))) {
    const { custom, conditions, awaitsValue, isPlain } = compileRules(name, group);
    const { decided, asked } = split(custom);
    const isDecided = isPlain && !awaitsValue && asked.length === 0 && conditions.every(isOptional);
    if (!isDecided || name in (type.prototype as object)) return undefined;
    properties.set(name, { name, rules: decided, isOptional: conditions.length > 0 });
  }
  return properties;
}
