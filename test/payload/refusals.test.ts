/** Boot refuses a payload class only if the libraries themselves do not do what the class says; they are asked beside each case. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Exclude, Expose, plainToInstance, Transform, Type, type ClassConstructor } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsIn,
  IsInstance,
  IsNumber,
  IsOptional,
  IsString,
  MaxLength,
  validate,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { inspectPayload, planPayload, Invalid, type PayloadOptions } from '../../src/payload/index.js';

class Point {
  @IsNumber() x!: number;
}
class Circle {
  @IsNumber() r!: number;
}
const kinds: Record<string, typeof Point | typeof Circle> = { point: Point, circle: Circle };

/** A class as a bundler leaves it: its decorators ran, and no design types were recorded. */
function bundled<T extends object>(type: new () => T): new () => T {
  for (const property of ['name', 'point', 'points', 'at', 'bytes', 'chosen', 'tags'])
    Reflect.deleteMetadata('design:type', type.prototype as object, property);
  return type;
}

const point = (x: number): Point => Object.assign(new Point(), { x });
const circle = (r: number): Circle => Object.assign(new Circle(), { r });
const bytes = Buffer.from([1, 2]);
const implicit: PayloadOptions = { transform: { enableImplicitConversion: true } };

interface Case {
  readonly name: string;
  readonly type: new () => object;
  readonly options?: PayloadOptions;
  /** What a client sends. */
  readonly sent: object;
  /** What a handler is to get of it. */
  readonly meant: object;
}

/** Whether the libraries make what is meant, and let it pass. */
async function librariesDo({ type, options = {}, sent, meant }: Case): Promise<boolean> {
  try {
    const instance = plainToInstance(type as ClassConstructor<object>, structuredCloned(sent), options.transform);
    const errors = await validate(instance, { whitelist: true, forbidUnknownValues: true, ...options.validator });
    return errors.length === 0 && isDeepStrictEqual(instance, Object.assign(new type(), meant));
  } catch {
    return false;
  }
}

/** A copy that keeps Buffers. */
function structuredCloned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCloned) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, structuredCloned(each as unknown)])) as T;
}

class ChosenByMessage {
  @IsString() kind!: string;
  @ValidateNested() @Type((help) => kinds[(help!.object as { kind: string }).kind]!) chosen!: Point | Circle;
}
class ChosenByProperty {
  @IsString() kind!: string;
  @Type(({ object, property } = {} as never) => (property === 'chosen' ? kinds[object['kind'] as string]! : Point))
  @ValidateNested()
  chosen!: Point | Circle;
}
class ChosenOrText {
  @Type((help) => ((help!.object as { many: boolean }).many ? Point : String)) @Allow() chosen: unknown;
  @Allow() many!: boolean;
}
class TypedBuffer {
  @IsInstance(Buffer) @Type(() => Buffer) bytes!: Buffer;
}
class Frame {
  @IsInstance(Buffer) bytes!: Buffer;
}
class WithFrame {
  @ValidateNested() @Type(() => Frame) frame!: Frame;
}
class TypedBytes {
  @IsInstance(Uint8Array) @Type(() => Uint8Array) bytes!: Uint8Array;
}
class Grid {
  @ValidateNested() @Type(() => Point) points!: Point[][];
}
class GridEach {
  @ValidateNested({ each: true }) @Type(() => Point) points!: Point[][];
}
class FlatWithoutEach {
  @ValidateNested() @Type(() => Point) points!: Point[];
}
class Nested {
  @IsString() name!: string;
  @ValidateNested() @Type(() => Point) point!: Point;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Point) points?: Point[];
}
class Flat {
  @IsString() name!: string;
}
class ByItsDesignType {
  @ValidateNested() @Type() point!: Point;
}
class BySetter {
  #point!: Point;
  @ValidateNested()
  get point(): Point {
    return this.#point;
  }
  set point(value: Point) {
    this.#point = Object.assign(new Point(), value);
  }
}
class ByTargetMap {
  @ValidateNested() point!: Point;
}
class SetByServer {
  @IsString() name!: string;
  @Exclude() @ValidateNested() point = point(5);
}
class InGroup {
  @IsString({ groups: ['a'] }) name!: string;
  @ValidateNested({ groups: ['b'] }) declare point?: Point;
}
class Renamed {
  @Expose({ name: 'p' }) @ValidateNested() @Type(() => Point) point!: Point;
}
class Conditional {
  @ValidateIf((dto: Conditional) => dto.point !== undefined) @ValidateNested() @Type(() => Point) point?: Point;
  @IsString() name!: string;
}
class WithError {
  @IsInstance(TypeError) @Type(() => TypeError) error!: TypeError;
}
class WithEnum {
  @IsIn(['r', 'b']) name!: string;
}
Reflect.defineMetadata('design:type', { red: 'r', blue: 'b' }, WithEnum.prototype, 'name');
class Empty {}
class Made {
  @Transform(({ value }) => point(value as number)) @ValidateNested() point!: Point;
}

const subTypes = [
  { name: 'p', value: Point },
  { name: 'c', value: Circle },
];
class AnyOfKinds {
  @ValidateNested() @Type(() => Object, { discriminator: { property: 'kind', subTypes } }) chosen!: Point | Circle;
}
class ManyOfKinds {
  @ValidateNested({ each: true })
  @Type(() => Object, { keepDiscriminatorProperty: true, discriminator: { property: 'kind', subTypes } })
  chosen!: (Point | Circle)[];
}
class Texts {
  @IsString({ each: true }) @Type(() => Array) tags!: string[];
}
class Numbers {
  @IsNumber({}, { each: true }) @Type(() => Map) counts!: Map<string, number>;
}
class TextSet {
  @MaxLength(3, { each: true }) @Type(() => Set) tags!: Set<string>;
}
class TextOrTexts {
  @IsString({ each: true }) @Type(() => Array) tags!: string[] | string;
}
class ByGetter {
  @IsNumber() x!: number;
  @ValidateNested() get point(): Point {
    return point(this.x);
  }
}
@Exclude()
class Closed {
  @Expose() @IsString() name!: string;
  @ValidateNested() point = point(5);
}
class NotExposed {
  @Expose() @IsString() name!: string;
  @ValidateNested() point = point(5);
}
class Private {
  @IsString() name!: string;
  @ValidateNested() _point = point(5);
}
class ForAdmins {
  @IsString() name!: string;
  @Expose({ groups: ['admin'] }) @ValidateNested() point = point(5);
}
class ForLater {
  @IsString() name!: string;
  @Expose({ since: 2 }) @ValidateNested() point = point(5);
}
class OpenNested {
  @ValidateNested() data!: object;
}
class OpenObject {
  @ValidateNested() @Type(() => Object) data!: object;
}
const open: PayloadOptions = { validator: { forbidUnknownValues: false, whitelist: false } };
const meantByServer = { name: 'a', point: point(5) };
const sentByClient = { name: 'a', point: { x: 1 } };

const correct: readonly Case[] = [
  {
    name: 'Object, where a discriminator chooses the class',
    type: AnyOfKinds,
    sent: { chosen: { kind: 'c', r: 1 } },
    meant: { chosen: circle(1) },
  },
  {
    name: 'Object, where a discriminator chooses the class of each element',
    type: ManyOfKinds,
    sent: { chosen: [{ kind: 'c', r: 1 }] },
    meant: { chosen: [circle(1)] },
  },
  { name: '@Type(() => Array) of texts', type: Texts, sent: { tags: ['a'] }, meant: { tags: ['a'] } },
  { name: '@Type(() => Set) of texts', type: TextSet, sent: { tags: ['a'] }, meant: { tags: new Set(['a']) } },
  {
    name: '@Type(() => Map) of numbers',
    type: Numbers,
    sent: { counts: { a: 1 } },
    meant: { counts: new Map([['a', 1]]) },
  },
  { name: '@Type(() => Array) of a text or texts', type: TextOrTexts, sent: { tags: 'a' }, meant: { tags: 'a' } },
  { name: 'a nested value that a getter makes', type: ByGetter, sent: { x: 1 }, meant: { x: 1 } },
  { name: 'a nested property of an excluded class', type: Closed, sent: sentByClient, meant: meantByServer },
  {
    name: 'a nested property that is not exposed',
    type: NotExposed,
    options: { transform: { excludeExtraneousValues: true } },
    sent: sentByClient,
    meant: meantByServer,
  },
  {
    name: 'a nested property with an excluded prefix',
    type: Private,
    options: { transform: { excludePrefixes: ['_'] } },
    sent: { name: 'a', _point: { x: 1 } },
    meant: { name: 'a', _point: point(5) },
  },
  { name: 'a nested property of another group', type: ForAdmins, sent: sentByClient, meant: meantByServer },
  {
    name: 'a nested property of another version',
    type: ForLater,
    options: { transform: { version: 1 } },
    sent: sentByClient,
    meant: meantByServer,
  },
  {
    name: 'a nested value without @Type, if unknown values are allowed and kept',
    type: OpenNested,
    options: open,
    sent: { data: { x: 1 } },
    meant: { data: { x: 1 } },
  },
  {
    name: 'Object with @ValidateNested(), if unknown values are allowed and kept',
    type: OpenObject,
    options: open,
    sent: { data: { x: 1 } },
    meant: { data: { x: 1 } },
  },
  {
    name: 'a class that each message chooses',
    type: ChosenByMessage,
    sent: { kind: 'circle', chosen: { r: 1 } },
    meant: { kind: 'circle', chosen: circle(1) },
  },
  {
    name: 'a class that each message chooses, by a destructured parameter',
    type: ChosenByProperty,
    sent: { kind: 'point', chosen: { x: 1 } },
    meant: { kind: 'point', chosen: point(1) },
  },
  {
    name: 'a type that is a class for some messages only',
    type: ChosenOrText,
    sent: { many: false, chosen: 5 },
    meant: { many: false, chosen: '5' },
  },
  { name: '@Type(() => Buffer) of a Buffer', type: TypedBuffer, sent: { bytes }, meant: { bytes } },
  { name: '@Type(() => Uint8Array) of bytes', type: TypedBytes, sent: { bytes }, meant: { bytes } },
  { name: 'a Buffer under implicit conversion', type: Frame, options: implicit, sent: { bytes }, meant: { bytes } },
  {
    name: 'a Buffer in a nested class under implicit conversion',
    type: WithFrame,
    options: implicit,
    sent: { frame: { bytes } },
    meant: { frame: Object.assign(new Frame(), { bytes }) },
  },
  {
    name: 'an array of arrays with @ValidateNested()',
    type: Grid,
    sent: { points: [[{ x: 1 }], [{ x: 2 }]] },
    meant: { points: [[point(1)], [point(2)]] },
  },
  {
    name: 'an array of arrays with @ValidateNested({ each: true })',
    type: GridEach,
    // With `each`, an element is one object: the rules alone accept arrays in its place.
    options: { shape: 'library' },
    sent: { points: [[{ x: 1 }]] },
    meant: { points: [[point(1)]] },
  },
  {
    name: 'an array with @ValidateNested()',
    type: FlatWithoutEach,
    sent: { points: [{ x: 1 }] },
    meant: { points: [point(1)] },
  },
  {
    name: 'a bundled class, each nested property of which has @Type',
    type: bundled(Nested),
    sent: { name: 'a', point: { x: 1 }, points: [{ x: 2 }] },
    meant: { name: 'a', point: point(1), points: [point(2)] },
  },
  { name: 'a bundled class without nested ones', type: bundled(Flat), sent: { name: 'a' }, meant: { name: 'a' } },
  {
    name: '@Type() by the design type',
    type: ByItsDesignType,
    sent: { point: { x: 1 } },
    meant: { point: point(1) },
  },
  { name: 'a class that a setter makes', type: BySetter, sent: { point: { x: 1 } }, meant: { point: point(1) } },
  { name: 'a class that a transform makes', type: Made, sent: { point: 1 }, meant: { point: point(1) } },
  {
    name: 'a class of targetMaps',
    type: ByTargetMap,
    options: { transform: { targetMaps: [{ target: ByTargetMap, properties: { point: Point } }] } },
    sent: { point: { x: 1 } },
    meant: { point: point(1) },
  },
  {
    name: 'a nested property that no client can set',
    type: SetByServer,
    sent: { name: 'a', point: { x: 1 } },
    meant: { name: 'a', point: point(5) },
  },
  {
    name: 'a nested rule of another group',
    type: InGroup,
    options: { validator: { groups: ['a'] } },
    sent: { name: 'a' },
    meant: { name: 'a' },
  },
  { name: 'a renamed nested property', type: Renamed, sent: { p: { x: 1 } }, meant: { point: point(1) } },
  { name: 'a conditional nested property', type: Conditional, sent: { name: 'a' }, meant: { name: 'a' } },
  {
    name: 'an enum that the compiler recorded as its object, under implicit conversion',
    type: WithEnum,
    options: implicit,
    sent: { name: 'r' },
    meant: { name: 'r' },
  },
  {
    name: 'a class without rules, if unknown values are allowed',
    type: Empty,
    options: { validator: { forbidUnknownValues: false } },
    sent: {},
    meant: {},
  },
];

class NestedPlain {
  @ValidateNested() point!: Point;
}
class NestedElements {
  @ValidateNested({ each: true }) points!: Point[];
}
class Undefined {
  @Allow() @Type(() => undefined as never) data: unknown;
}
class UndefinedWithParameter {
  @ValidateNested() @Type((_type) => undefined as never) data: unknown;
}
class AnyNested {
  @ValidateNested() @Type(() => Object) data!: object;
}
class TypedRegExp {
  @IsInstance(RegExp) @Type(() => RegExp) data!: RegExp;
}
class TypedBigInt {
  @Allow() @Type(() => BigInt as never) data!: bigint;
}
class TypedArray {
  @IsArray() @Type(() => Array) data!: object[];
}
class NestedText {
  @ValidateNested() @Type(() => String) data!: string;
}
class OtherGroup {
  @IsString({ groups: ['b'] }) name!: string;
}

const wrong: readonly (Case & { readonly code: string })[] = [
  {
    name: 'a nested class without @Type',
    type: NestedPlain,
    code: 'nested_type',
    sent: { point: { x: 1 } },
    meant: { point: point(1) },
  },
  {
    name: 'the class of elements without @Type',
    type: NestedElements,
    code: 'nested_type',
    sent: { points: [{ x: 1 }] },
    meant: { points: [point(1)] },
  },
  {
    name: 'the class of elements without @Type under implicit conversion',
    type: NestedElements,
    options: implicit,
    code: 'nested_type',
    sent: { points: [{ x: 1 }] },
    meant: { points: [point(1)] },
  },
  {
    name: '@Type that gives undefined',
    type: UndefinedWithParameter,
    code: 'property_type',
    sent: { data: { x: 1 } },
    meant: { data: point(1) },
  },
  {
    name: 'Object with @ValidateNested()',
    type: AnyNested,
    code: 'property_type',
    sent: { data: { x: 1 } },
    meant: { data: { x: 1 } },
  },
  { name: 'RegExp', type: TypedRegExp, code: 'property_type', sent: { data: 'a' }, meant: { data: /a/ } },
  { name: 'BigInt', type: TypedBigInt, code: 'property_type', sent: { data: '5' }, meant: { data: 5n } },
  {
    name: 'Array of objects',
    type: TypedArray,
    code: 'collection_type',
    sent: { data: [{ x: 1 }] },
    meant: { data: [{ x: 1 }] },
  },
  {
    name: 'a text with @ValidateNested()',
    type: NestedText,
    code: 'property_type',
    sent: { data: 'a' },
    meant: { data: 'a' },
  },
  {
    name: 'an error of the language',
    type: WithError,
    code: 'property_type',
    sent: { error: { message: 'm' } },
    meant: { error: Object.assign(new TypeError(), { message: 'm' }) },
  },
  { name: 'a class without rules', type: Empty, code: 'no_rules', sent: {}, meant: {} },
  {
    name: 'a class without rules of its groups',
    type: OtherGroup,
    options: { validator: { groups: ['a'] } },
    code: 'no_rules',
    sent: { name: 'a' },
    meant: { name: 'a' },
  },
];

describe('what the libraries do rightly is accepted', () => {
  for (const each of correct) {
    it(each.name, async () => {
      assert.ok(await librariesDo(each), 'the libraries do it');
      assert.deepEqual(inspectPayload(each.type, each.options).problems, []);
      const made = await planPayload(each.type, each.options).run(structuredCloned(each.sent));
      assert.ok(!(made instanceof Invalid), JSON.stringify(made instanceof Invalid && made.issues));
      assert.deepEqual(made, Object.assign(new each.type(), each.meant));
    });
  }
});

describe('what the libraries do not do is told at boot', () => {
  for (const each of wrong) {
    it(each.name, async () => {
      assert.equal(await librariesDo(each), false, 'the libraries do not do it');
      assert.deepEqual(
        inspectPayload(each.type, each.options).problems.map(({ code }) => code),
        [each.code],
      );
    });
  }

  it('a cycle that left @Type without a class', () => {
    assert.match(inspectPayload(Undefined).problems[0]!.fix, /import each other/);
  });
});

describe('an object that claims to be a long Buffer is refused', () => {
  class Odd {
    @Allow() @Type(() => Buffer) bytes!: Buffer;
    @Allow() hasOwnProperty!: never;
  }
  for (const [name, type, options] of [
    ['@Type(() => Buffer)', TypedBuffer, {}],
    ['implicit conversion', Frame, implicit],
    ['a class that is left to the library', Odd, {}],
  ] as const) {
    it(name, () => {
      const before = process.memoryUsage().arrayBuffers;
      const made = planPayload(type, options).run({ bytes: { length: 5e8 } });
      assert.ok(made instanceof Invalid);
      assert.deepEqual(
        made.issues.map(({ rule }) => rule),
        ['transform'],
      );
      assert.ok(process.memoryUsage().arrayBuffers - before < 1e8);
    });
  }
});
