import fc from 'fast-check';
import * as ct from 'class-transformer';
import * as cv from 'class-validator';
import type { ValidationArguments, ValidationOptions, ValidatorConstraintInterface } from 'class-validator';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { Class } from '../../../src/payload/payload-options.js';
import { CHECKS } from './decorators.js';
import { describeValue } from './describe.js';

/** Draws a random value. */
export type Draw = fc.GeneratorValue;
/** What user code of a world may do that ordinary code does not. */
export type Flavour = 'throws' | 'rejects' | 'promises';

/** Properties that classes of a world decorate: words, indexes, and rarely a name that every object has. */
export const NAMES = ['a', 'b', 'c', 'd', '1', '0', 'kind', 'e'];
const STRANGE_NAMES = ['toString', 'constructor', '__proto__', 'hasOwnProperty'];

/** What kind of value a property is made for. */
export type Hint = Class | 'string' | 'number' | 'any';

/** Some classes with random decorators, whose user functions all write to one log. */
export interface World {
  readonly flavour: Flavour;
  readonly classes: Class[];
  readonly hints: Map<Class, Map<string, Hint>>;
  readonly log: string[];
}

export function pick<T>(draw: Draw, items: readonly T[]): T {
  return items[draw(fc.nat, { max: items.length - 1 })] as T;
}

/** True once in `n` times. */
export function once(draw: Draw, n: number): boolean {
  return draw(fc.nat, { max: n - 1 }) === n - 1;
}

/** Makes two to four classes. */
export function makeWorld(draw: Draw): World {
  const world: World = {
    flavour: pick(draw, ['throws', 'rejects', 'promises'] as const),
    classes: [],
    hints: new Map(),
    log: [],
  };
  const count = 2 + draw(fc.nat, { max: 2 });
  for (let index = 0; index < count; index++) makeClass(draw, world, index, count);
  return world;
}

function makeClass(draw: Draw, world: World, index: number, count: number): void {
  const { log } = world;
  const Parent = index > 0 && once(draw, 3) ? pick(draw, world.classes) : (class {} as Class);
  const defaults = once(draw, 3) ? [[pick(draw, NAMES), pick(draw, [7, 'x', undefined, () => 1, {}])] as const] : [];
  const name = `C${index}`;
  const type = {
    [name]: class extends Parent {
      constructor() {
        super();
        log.push(`new ${name}`);
        Object.assign(this, Object.fromEntries(defaults));
      }
    },
  }[name] as Class;
  world.classes.push(type);
  const hints = new Map(world.hints.get(Parent));
  world.hints.set(type, hints);
  if (once(draw, 4)) addMember(draw, world, type);
  if (once(draw, 20)) Object.defineProperty(type, 'name', { get: () => (log.push('name'), 'Accessor') });
  const properties = 1 + draw(fc.nat, { max: 3 });
  for (let i = 0; i < properties; i++) {
    const property = once(draw, 60) ? pick(draw, STRANGE_NAMES) : pick(draw, NAMES);
    hints.set(property, decorate(draw, world, type, property, count));
  }
  if (once(draw, 12)) pick(draw, [ct.Exclude, ct.Expose])()(type);
}

function addMember(draw: Draw, { log }: World, type: Class): void {
  const get = () => (log.push('get'), 5);
  const set = (value: unknown) => void log.push(`set ${describeValue(value)}`);
  const member = pick<PropertyDescriptor>(draw, [
    { get },
    { get, set },
    { set },
    { value: () => 1 },
    { value: 3, writable: true },
  ]);
  Object.defineProperty(type.prototype, pick(draw, NAMES), { ...member, configurable: true });
}

/** Decorates one property; returns what its values should be like. */
function decorate(draw: Draw, world: World, type: Class, property: string, count: number): Hint {
  const target = type.prototype as object;
  // A class that is not there yet is looked up when a message arrives, as in a file with a circle of imports.
  const nested = once(draw, 2) ? draw(fc.nat, { max: count - 1 }) : undefined;
  const hint: Hint =
    nested === undefined ? pick(draw, ['string', 'number', 'any'] as const) : (world.classes[nested] ?? 'any');
  if (once(draw, 3)) {
    const design = pick<unknown>(draw, [
      String,
      Number,
      Boolean,
      Date,
      Array,
      Set,
      Map,
      Object,
      type,
      world.classes[0],
    ]);
    Reflect.defineMetadata('design:type', design, target, property);
  }
  if (nested !== undefined) typeDecorator(draw, world, nested)(target, property);
  else if (once(draw, 5)) typeDecorator(draw, world, undefined)(target, property);
  if (once(draw, 4)) transformDecorator(draw, world)(target, property);
  if (once(draw, 4)) exposure(draw)(target, property);
  if (nested !== undefined && !once(draw, 6)) cv.ValidateNested(validationOptions(draw, world))(target, property);
  if (once(draw, 40)) cv.ValidateNested(validationOptions(draw, world))(target, property);
  const checks = draw(fc.nat, { max: nested === undefined ? 3 : 1 });
  for (let i = 0; i < checks; i++) check(draw, world)(target, property);
  if (once(draw, 5)) cv.IsOptional(validationOptions(draw, world))(target, property);
  if (once(draw, 8))
    cv.ValidateIf(logged(world, 'ValidateIf', pick(draw, [true, true, false])), validationOptions(draw, world))(
      target,
      property,
    );
  if (world.flavour === 'promises' && once(draw, 3)) cv.ValidatePromise()(target, property);
  if (once(draw, 8)) cv.Allow(validationOptions(draw, world))(target, property);
  return hint;
}

/** A user function that writes what it was given to the log. */
function logged<T>(world: World, name: string, result: T): (...args: unknown[]) => T {
  return (...args) => {
    world.log.push(`${name} ${describeValue(args)}`);
    return result;
  };
}

function typeDecorator(draw: Draw, world: World, nested: number | undefined): PropertyDecorator {
  const { log } = world;
  const builtIn = pick<unknown>(draw, [String, Number, Boolean, Date, Object, Array, Map, Set, Buffer, undefined]);
  const typeFunction = (help?: ct.TypeHelpOptions) => {
    log.push(`Type ${describeValue({ ...help })}`);
    return (nested === undefined ? builtIn : world.classes[nested]) as Function;
  };
  if (!once(draw, 4)) return ct.Type(typeFunction);
  const subTypes = ['zero', 'one'].map((name, index) => ({ name, value: (world.classes[index] ?? Object) as Class }));
  return ct.Type(typeFunction, {
    ...(once(draw, 2) ? { keepDiscriminatorProperty: true } : {}),
    discriminator: { property: 'kind', subTypes: (once(draw, 8) ? [] : subTypes) as never },
  });
}

const lastOptions = new WeakMap<World, object>();

function transformDecorator(draw: Draw, world: World): PropertyDecorator {
  const { log, flavour } = world;
  const makers: ((value: unknown) => unknown)[] = [
    (value) => value,
    (value) => [value],
    () => undefined,
    () => null,
    (value) => new Set([value]),
    (value) => new Map([['k', value]]),
    (value) => ({ made: value }),
    () => new (world.classes[0] as Class)(),
    (value) => (flavour === 'promises' ? Promise.resolve(value) : value),
  ];
  if (flavour === 'throws') {
    makers.push((value) => {
      if (typeof value === 'number') throw new Error('no number');
      return value;
    });
  }
  const make = pick(draw, makers);
  const options = { ...scope(draw), ...(once(draw, 8) ? { toPlainOnly: true } : {}) };
  return ct.Transform((params) => {
    // All transforms of one call are handed the same options object.
    log.push(
      `Transform ${describeValue(params)} ${params.options === lastOptions.get(world) ? 'same' : 'other'} options`,
    );
    lastOptions.set(world, params.options);
    return make(params.value);
  }, options);
}

function exposure(draw: Draw): PropertyDecorator {
  const direction = pick(draw, [{}, {}, { toClassOnly: true }, { toPlainOnly: true }]);
  if (once(draw, 3)) return ct.Exclude(direction);
  return ct.Expose({ ...direction, ...scope(draw), ...(once(draw, 3) ? { name: pick(draw, [...NAMES, 'z']) } : {}) });
}

/** Groups and versions of class-transformer. */
function scope(draw: Draw): { groups?: string[]; since?: number; until?: number } {
  return {
    ...(once(draw, 4) ? { groups: pick(draw, [['g'], ['h'], ['g', 'h'], []]) } : {}),
    ...(once(draw, 8) ? { since: pick(draw, [1, 2]) } : {}),
    ...(once(draw, 8) ? { until: pick(draw, [2, 3]) } : {}),
  };
}

function validationOptions(draw: Draw, world: World): ValidationOptions {
  const options: ValidationOptions = {};
  if (once(draw, 4)) options.each = true;
  if (once(draw, 6)) options.groups = pick(draw, [['g'], ['h'], ['g', 'h'], []]);
  if (once(draw, 10)) options.always = pick(draw, [true, false]);
  if (once(draw, 6)) options.message = message(draw, world);
  if (once(draw, 8)) options.context = pick<unknown>(draw, [{ code: 1 }, { code: 2, more: [] }]);
  if (once(draw, 10)) options.validateIf = logged(world, 'validateIf', pick(draw, [true, false]));
  return options;
}

function message(draw: Draw, world: World): string | ((args: ValidationArguments) => string) {
  const text = pick(draw, ['$value of $property in $target is not $constraint1', 'fixed', '']);
  if (once(draw, 2)) return text;
  return logged(world, 'message', once(draw, 8) ? (undefined as unknown as string) : text);
}

const CHECK_NAMES = Object.keys(CHECKS);

function check(draw: Draw, world: World): PropertyDecorator {
  const options = validationOptions(draw, world);
  if (once(draw, 5)) return custom(draw, world, options);
  if (once(draw, 6)) return cv.Validate(pick(draw, constraintClasses(world)), [1, 'two'], options);
  const name = pick(draw, once(draw, 2) ? ['IsString', 'IsInt', 'Length', 'Min', 'IsArray', 'IsDefined'] : CHECK_NAMES);
  return (CHECKS[name] as (typeof CHECKS)[string])(options);
}

/** What a user's check may answer. */
function answer(flavour: Flavour, value: unknown): unknown {
  if (flavour === 'throws' && value === null) throw new Error('null was checked');
  if (flavour === 'rejects' && value === null) return Promise.reject(new Error('null was checked'));
  return typeof value === 'string';
}

function custom(draw: Draw, world: World, options: ValidationOptions): PropertyDecorator {
  const { flavour, log } = world;
  const isAsync = once(draw, 3);
  const hasMessage = once(draw, 2);
  const name = pick(draw, ['isString', 'isDefined', 'custom', 'min']);
  return (target, propertyName) => {
    cv.registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      options,
      constraints: [name, /x/, ['y']],
      ...(once(draw, 2) ? { async: isAsync } : {}),
      validator: {
        validate(value: unknown, args?: ValidationArguments) {
          log.push(`custom ${describeValue([value, args])}`);
          const result = answer(flavour, value);
          return (isAsync && !(result instanceof Promise) ? Promise.resolve(result) : result) as boolean;
        },
        ...(hasMessage ? { defaultMessage: logged(world, 'defaultMessage', '$property: $constraint3') } : {}),
      },
    });
  };
}

const constraints = new WeakMap<World, Function[]>();

/** The constraint classes of a world; its container makes a new instance whenever it is asked. */
function constraintClasses(world: World): Function[] {
  let found = constraints.get(world);
  if (!found) {
    const { flavour, log } = world;
    class Plain implements ValidatorConstraintInterface {
      constructor() {
        log.push('new Plain');
      }
      validate(value: unknown, args: ValidationArguments) {
        log.push(`Plain ${describeValue([value, args])}`);
        return answer(flavour, value) as boolean;
      }
    }
    class Late extends Plain {
      override validate(value: unknown, args: ValidationArguments) {
        return Promise.resolve(super.validate(value, args)) as unknown as boolean;
      }
      defaultMessage = logged(world, 'Late.defaultMessage', 'late $target');
    }
    cv.ValidatorConstraint({ name: 'plain' })(Plain);
    cv.ValidatorConstraint({ async: true })(Late);
    found = [Plain, Late];
    constraints.set(world, found);
  }
  return found;
}

/** The tables of both libraries. */
function tables(): Map<unknown, unknown>[] {
  const storages = [cv.getMetadataStorage(), defaultMetadataStorage] as unknown as Record<
    string,
    Map<unknown, unknown>
  >[];
  return storages.flatMap((storage) => Object.values(storage)).filter((table) => table instanceof Map);
}

/** Forgets all metadata: those of many worlds would make every later search longer. */
export function forgetWorlds(): void {
  for (const table of tables()) table.clear();
}

/** Puts the metadata of all other tests aside; returns how to put them back. */
export function setAside(): () => void {
  const kept = tables().map((table) => [table, [...table]] as const);
  forgetWorlds();
  return () => {
    forgetWorlds();
    for (const [table, entries] of kept) for (const [key, value] of entries) table.set(key, value);
  };
}
