import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
} from 'class-validator';
import type { ValidatorOptions } from 'class-validator';
import type { Class } from '../../../src/payload/payload-options.js';
import { settle } from '../../../src/payload/payload-options.js';
import { assertSame } from './compare.js';

class Plain {
  @IsString() @Length(2, 4) a!: string;
  @IsInt() @Min(2) b!: number;
  c = 'default';
}
class Grouped {
  @IsString({ groups: ['g'] }) @Expose({ groups: ['g'] }) a!: string;
  @IsInt({ groups: ['h'], always: true }) @Expose({ groups: ['h'] }) b!: number;
  @IsInt({ always: false }) c!: number;
}
class Versioned {
  @Allow() @Expose({ since: 2 }) a!: string;
  @IsString() @Expose({ until: 2 }) b!: number;
  @IsInt() c!: number;
}
class Renamed {
  @IsString() @Expose({ name: 'b' }) a!: string;
  @IsString() @Exclude() c!: number;
}
@Exclude()
class Closed {
  @IsString() @Expose() a!: string;
  @IsInt() b!: number;
}
@Expose()
class Open {
  @IsString() a!: string;
  @IsInt() @Exclude({ toPlainOnly: true }) b!: number;
}
class Optional {
  @IsOptional() @IsString() a?: string;
  @IsDefined() @IsInt() b!: number;
  @ValidateIf((object: Optional) => object.a !== undefined)
  @IsInt({ validateIf: (_, value) => value !== 3 })
  c!: number;
}
class Child extends Plain {
  @IsString() declare a: string;
  @IsOptional() d?: unknown;
}
class Nested {
  @ValidateNested() @Type(() => Plain) a!: Plain;
  @IsArray() @ValidateNested({ each: true, context: { code: 3 } }) @Type(() => Child) b!: Child[];
}
class Collections {
  @ValidateNested() @Type(() => Plain) a!: Set<Plain>;
  @ValidateNested() @Type(() => Plain) b!: Map<string, Plain>;
}
class Transformed {
  @IsString() @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown))) a!: string;
  @IsInt() @Transform(({ obj }) => (obj as { a?: string }).a?.length, { groups: ['g'] }) b!: number;
}
class Discriminated {
  @ValidateNested()
  @Type(() => Plain, { discriminator: { property: 'a', subTypes: [{ name: 'x', value: Child }] } })
  b!: Plain | Child;
}
class Converted {
  @IsString() @Type(() => String) a!: string;
  @IsInt() @Type(() => Number) b!: number;
  @Allow() @Type(() => Date) c!: Date;
}
class Members {
  @IsString() a!: string;
  get b(): number {
    return 3;
  }
  c(): number {
    return 3;
  }
}
class Unruled {
  a!: string;
}

// prettier-ignore
const TYPES: readonly Class[] = [
  Plain, Grouped, Versioned, Renamed, Closed, Open, Optional, Child, Nested, Collections, Transformed, Discriminated,
  Converted, Members, Unruled,
];

const INPUTS: readonly (() => object)[] = [
  () => ({}),
  () => ({ a: 'abc', b: 3, c: 3, d: 1 }),
  () => ({ c: null, b: '3', a: undefined }),
  () => ({ a: { a: 'abc', b: 1 }, b: [{ a: 'x', b: 3, z: 1 }, null, 5, { a: 1 }] }),
  () => ({ a: [{ a: 'abc', b: 2 }], b: { a: 'x', b: 3 }, c: ['x'] }),
];

type Options = { transform: ClassTransformOptions; validator: ValidatorOptions };
const transform = (options: ClassTransformOptions): Options => ({ transform: options, validator: {} });
const validator = (options: ValidatorOptions): Options => ({ transform: {}, validator: options });

/** Every option that changes something. */
const OPTIONS: readonly Options[] = [
  transform({ enableImplicitConversion: true }),
  transform({ excludeExtraneousValues: true }),
  transform({ exposeDefaultValues: true }),
  transform({ exposeUnsetFields: false }),
  transform({ groups: ['g'] }),
  transform({ version: 2 }),
  transform({ strategy: 'exposeAll' }),
  transform({ strategy: 'excludeAll' }),
  transform({ enableCircularCheck: true }),
  transform({ ignoreDecorators: true }),
  transform({ excludePrefixes: ['a'] }),
  transform({ targetMaps: [{ target: Plain, properties: { a: String as never } }] }),
  validator({ whitelist: false }),
  validator({ forbidNonWhitelisted: true }),
  validator({ forbidUnknownValues: false }),
  validator({ stopAtFirstError: true }),
  validator({ skipUndefinedProperties: true }),
  validator({ skipNullProperties: true }),
  validator({ skipMissingProperties: true }),
  validator({ groups: ['g'] }),
  validator({ groups: ['h'] }),
  validator({ always: true }),
  validator({ strictGroups: true }),
  validator({ dismissDefaultMessages: true }),
  validator({ validationError: { target: false } }),
  validator({ validationError: { value: false } }),
];

async function compareAll(type: Class, options: Options): Promise<boolean> {
  let isCompiled = false;
  for (const makeInput of INPUTS) {
    isCompiled = await assertSame({ type, options: settle(options, Infinity), makeInput, log: [] });
  }
  return isCompiled;
}

describe('the options of both libraries', () => {
  for (const type of TYPES) {
    it(`mean the same for ${type.name}, alone and in pairs`, async () => {
      assert.ok(await compareAll(type, { transform: {}, validator: {} }), 'the class was not compiled');
      for (const [index, first] of OPTIONS.entries()) {
        for (const second of OPTIONS.slice(index)) {
          const options: Options = {
            transform: { ...first.transform, ...second.transform },
            validator: { ...first.validator, ...second.validator },
          };
          await compareAll(type, options);
        }
      }
    });
  }
});
