/** The parts that the plans of both directions share: the compilation of a class, and the check of one instance. */
import type { ValidationError } from 'class-validator';
import type { Issue } from '../base/issue.js';
import { PayloadCompiler, type Compilation, type Parts } from './compiled/index.js';
import { isPlainObject } from './bounds.js';
import { Invalid, issuesOf, type IssueSource } from './invalid.js';
import { librarySteps, type Steps } from './library.js';
import type { Direction } from './nested.js';
import type { Class, SettledOptions } from './payload-options.js';
import type { Misshapen } from './shape/shapes.js';

/** How one payload is made of what a client sent: everything that does not depend on the message, decided at boot. */
export interface PayloadPlan {
  /** The class of the payload, or of its elements. */
  readonly type: Class;
  /** `compiled`: by closures made of the class's metadata; `library`: by class-transformer and class-validator. */
  readonly mode: 'compiled' | 'library';
  /** The parts that are left to the libraries, with the reasons; empty if there are none. */
  readonly reasons: readonly string[];
  /**
   * Makes the payload of a value: an instance that passed every rule, without other keys, or {@link Invalid}. A promise
   * of it only if a validator returned a promise. It never throws, and the promise never rejects: what a transform, a
   * getter, a constructor or a validator throws makes the value invalid (`rule` is `transform` or `validator`), with
   * what was thrown as {@link Invalid.cause}.
   */
  run(value: unknown): object | Invalid | Promise<object | Invalid>;
}

export const NOT_AN_OBJECT: Issue = { path: '', rule: 'object', message: 'must be an object' };
export const NOT_READABLE: Issue = { path: '', rule: 'transform', message: 'could not be read' };
const NOT_CHECKABLE: Issue = { path: '', rule: 'validator', message: 'could not be checked' };

/** Takes an instance that passed every rule to the result of the plan. */
type Finish = (instance: object) => object | Invalid;

/** The plan of one class, in one direction. */
export abstract class ClassPlan implements PayloadPlan {
  readonly #options: SettledOptions;
  #library: Steps | undefined;
  readonly #direction: Direction;
  #compilation: Compilation;
  #parts: Parts | undefined;

  constructor(
    readonly type: Class,
    options: SettledOptions,
    compiler: PayloadCompiler,
  ) {
    this.#options = options;
    this.#direction = compiler.direction;
    this.#compilation = compiler.compile(type);
  }

  get mode(): 'compiled' | 'library' {
    return this.current().mode;
  }
  get reasons(): readonly string[] {
    return this.current().reasons;
  }

  abstract run(value: unknown): object | Invalid | Promise<object | Invalid>;

  /** Decorators may be applied after boot; then the class is compiled again before the next message. */
  protected current(): Compilation {
    if (this.#compilation.isStale()) {
      this.#compilation = new PayloadCompiler(this.#options, this.#direction).compile(this.type);
      this.#parts = undefined;
    }
    return this.#compilation;
  }

  /** The compiled parts, which are made for the first value. */
  protected parts(): Parts {
    const compilation = this.current();
    return (this.#parts ??= compilation.parts());
  }

  /** The steps of a compilation, or those of the libraries. */
  protected stepsOf({ steps }: Parts): Steps {
    return steps ?? (this.#library ??= librarySteps(this.type, this.#options));
  }

  /** Holds an instance to its declared shape, then to its rules. `source`: the value that it was made of. */
  protected check(
    parts: Parts,
    instance: object,
    source: unknown,
    finish: Finish,
  ): object | Invalid | Promise<object | Invalid> {
    const misshapen = parts.shapes?.check(instance, source);
    try {
      const errors = this.stepsOf(parts).validate(instance);
      if (!Array.isArray(errors)) return later(errors, misshapen, instance, finish);
      return misshapen || errors.length > 0 ? invalid(misshapen, errors) : finish(instance);
    } catch (cause) {
      return unchecked(misshapen, cause);
    }
  }
}

/** The plan of what comes in. */
export class IncomingPlan extends ClassPlan {
  run(value: unknown): object | Invalid | Promise<object | Invalid> {
    // Both libraries misread arrays, strings and null, and would take a thenable for a promise of the value.
    if (!isPlainObject(value) || typeof (value as { then?: unknown }).then === 'function') {
      return Invalid.of(NOT_AN_OBJECT);
    }
    const parts = this.parts();
    let instance: object;
    try {
      const { copy, flat } = parts;
      const count = flat ? flat.keysOf(value) : -1;
      if (count >= 0) {
        instance = flat!.make(value);
        if (flat!.isLike(instance, value, count)) return instance;
      } else instance = this.stepsOf(parts).transform(copy ? (copy(value) as object) : value);
    } catch (cause) {
      return Invalid.of(NOT_READABLE, cause);
    }
    return this.check(parts, instance, value, asItIs);
  }
}

function asItIs(instance: object): object {
  return instance;
}

async function later(
  pending: Promise<ValidationError[]>,
  misshapen: readonly Misshapen[] | undefined,
  instance: object,
  finish: Finish,
): Promise<object | Invalid> {
  try {
    const errors = await pending;
    return misshapen || errors.length > 0 ? invalid(misshapen, errors) : finish(instance);
  } catch (cause) {
    return unchecked(misshapen, cause);
  }
}

/** A rule may throw because a value has not the shape that it counts on: then the shape is all that is told. */
function unchecked(misshapen: readonly Misshapen[] | undefined, cause: unknown): Invalid {
  return misshapen ? invalid(misshapen, []) : Invalid.of(NOT_CHECKABLE, cause);
}

function invalid(misshapen: readonly Misshapen[] | undefined, errors: readonly ValidationError[]): Invalid {
  return new Invalid(misshapen ? withShape(misshapen, errors) : issuesOf(errors));
}

/** The broken shapes, then the rules that other values broke. */
function withShape(misshapen: readonly Misshapen[], errors: readonly ValidationError[]): IssueSource {
  return (add) => {
    for (const { path, message } of misshapen) if (!add(path, 'shape', message)) return;
    issuesOf(errors, new Set(misshapen.map(({ covers }) => covers)))(add);
  };
}
