/** The classes and values that the libraries and the compiled plans are compared with at boot. */
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import type { ClassTransformOptions } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateIf,
  ValidateNested,
  type ValidatorOptions,
} from 'class-validator';
import type { Class } from '../../payload-options.js';

/** Puts decorators on a property: a bundler's compiler may know none. */
function on(type: Class, property: string, ...decorators: PropertyDecorator[]): void {
  for (const decorate of decorators.toReversed()) decorate(type.prototype as object, property);
}

const reflect = Reflect as { defineMetadata?: (key: string, value: unknown, target: object, property: string) => void };

/** Makes classes that use what compiled plans stand for. They are new each time, so that their metadata can be taken away. */
export function probeClasses(): readonly Class[] {
  class Plain {
    c = 'default';
  }
  on(Plain, 'a', IsString(), Length(2, 4));
  on(
    Plain,
    'b',
    IsInt({ context: { code: 1 } }),
    Min(2, { message: '$property of $target is $value, not $constraint1' }),
  );
  class Child extends Plain {}
  on(Child, 'd', IsOptional(), IsString({ each: true }));
  class Nested {}
  on(
    Nested,
    'a',
    ValidateNested(),
    Type(() => Plain),
  );
  on(
    Nested,
    'b',
    IsArray(),
    ValidateNested({ each: true, context: { code: 2 } }),
    Type(() => Child),
  );
  reflect.defineMetadata?.('design:type', Map, Nested.prototype, 'c');
  on(
    Nested,
    'c',
    Allow(),
    Type(() => Plain),
  );
  class Renamed {
    get e(): number {
      return 1;
    }
  }
  on(Renamed, 'a', IsDefined(), Expose({ name: 'b' }));
  on(Renamed, 'c', Allow(), Exclude({ toClassOnly: true }));
  on(Renamed, 'd', IsString({ groups: ['g'] }), Expose({ groups: ['g'], since: 1 }));
  on(Renamed, 'e', Allow());
  class Made {}
  on(
    Made,
    'a',
    IsString(),
    Transform(({ value, obj }) => `${String(value)}${Object.keys(obj as object).join()}`),
  );
  on(
    Made,
    'b',
    ValidateIf((object: object, value) => value !== 3 && 'a' in object),
    IsInt(),
    Type(() => Number),
  );
  on(
    Made,
    'c',
    Allow(),
    Type(() => Date),
    Transform(({ value }) => [value], { toPlainOnly: true }),
  );
  class Chosen {}
  const subTypes = [
    { name: 'x', value: Plain },
    { name: 'y', value: Child },
  ];
  on(
    Chosen,
    'a',
    ValidateNested(),
    Type(() => Plain, { discriminator: { property: 'k', subTypes } }),
  );
  on(
    Chosen,
    'b',
    ValidateNested(),
    Type(() => Plain, { discriminator: { property: 'k', subTypes }, keepDiscriminatorProperty: true }),
  );
  reflect.defineMetadata?.('design:type', Set, Chosen.prototype, 'd');
  on(
    Chosen,
    'd',
    ValidateNested({ each: true }),
    Type(() => Child),
  );
  return [Plain, Child, Nested, Renamed, Made, Chosen];
}

/** Objects that bring each class what it wants, and what it does not. They are new each time, for a discriminator is taken out. */
export const probeValues = (): readonly object[] => [
  {},
  { a: 'abc', b: 3, c: null, d: ['x', 5], e: 1, z: { q: [1] } },
  { a: { a: 'abc', b: 3, z: 1 }, b: [{ a: 1, d: ['e'] }, null], c: { a: { b: 1 }, z: 2 }, d: null },
  { a: { k: 'y', d: 5 }, b: { k: 'x', a: 'ab' }, c: undefined, k: 1 },
  { a: [{ k: 'x', a: 'ab' }, { k: 'none' }], b: '3', c: 3, d: 'd' },
  { a: null, b: [[{ a: 'abc', b: 2 }]], d: 3 },
];

const brief: ValidatorOptions = { validationError: { target: false, value: false } };

/** Options of which each changes something. */
export const probeOptions: readonly { transform?: ClassTransformOptions; validator?: ValidatorOptions }[] = [
  { validator: brief },
  { transform: { excludeExtraneousValues: true }, validator: { forbidNonWhitelisted: true, ...brief } },
  { transform: { exposeDefaultValues: true, groups: ['g'] }, validator: { groups: ['g'], always: true, ...brief } },
  { transform: { version: 2, exposeUnsetFields: false }, validator: { stopAtFirstError: true, ...brief } },
  { validator: { skipMissingProperties: true, whitelist: false, ...brief } },
];
