/** One transformation while it runs, and the functions that it is made of. */
import type { ClassTransformOptions } from 'class-transformer';
import { defaultOptions } from 'class-transformer/cjs/constants/default-options.constant.js';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { withoutStrangers } from '../../library.js';
import { PLAIN_TO_CLASS } from '../../nested.js';

/** An object seen as its properties. */
export type Bag = Record<string, unknown>;

/** One transformation on its way. All user functions of it are handed the same options object, as the library does. */
export class Call {
  readonly #given: ClassTransformOptions;
  #options: ClassTransformOptions | undefined;
  #executor: TransformOperationExecutor | undefined;

  constructor(given: ClassTransformOptions) {
    this.#given = given;
  }

  /** The options with the library's defaults. */
  get options(): ClassTransformOptions {
    return (this.#options ??= { ...defaultOptions, ...this.#given });
  }

  /** Leaves a value and all that is in it to the library. */
  library(value: unknown, type: unknown, arrayType: unknown, isMap: boolean): unknown {
    const executor = (this.#executor ??= new TransformOperationExecutor(PLAIN_TO_CLASS, this.options));
    return withoutStrangers(
      () => executor.transform(undefined, value, type as Function, arrayType as Function, isMap) as unknown,
    );
  }
}

/** Makes the value of one place: `type` is a class, a discriminated @Type (for the elements of an array) or nothing. */
export type Convert = (call: Call, value: unknown, type: unknown, arrayType: unknown, isMap: boolean) => unknown;

/** Makes an instance of one class. */
export type Build = (call: Call, source: Bag) => Bag;
