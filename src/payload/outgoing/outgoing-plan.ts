/** The plan of what is sent: the value is checked as an instance of its class, then taken to plain by class-transformer. */
import { instanceToPlain } from 'class-transformer';
import type { ValidationError } from 'class-validator';
import { adopt } from './adopt.js';
import { PayloadCompiler } from '../compiled/index.js';
import type { Compilation } from '../compiled/index.js';
import { Invalid, issuesOf, MAX_ISSUES } from '../invalid.js';
import type { Issue } from '../../base/issue.js';
import { librarySteps, withoutStrangers } from '../library.js';
import type { Steps } from '../library.js';
import { settle } from '../payload-options.js';
import type { Class, PayloadOptions, SettledOptions } from '../payload-options.js';
import type { PayloadPlan } from '../plan.js';

const NOT_AN_OBJECT: Issue = { path: '', rule: 'object', message: 'must be an object' };
const NOT_READABLE: Issue = { path: '', rule: 'transform', message: 'could not be read' };
const NOT_CHECKABLE: Issue = { path: '', rule: 'validator', message: 'could not be checked' };

/** Returns the function that plans what is sent of a class. */
export function outgoingPlanner(options: PayloadOptions = {}): (type: Class) => PayloadPlan {
  const settled = settle(options, MAX_ISSUES);
  const compiler = new PayloadCompiler(settled);
  return (type) => new OutgoingPlan(type, settled, compiler);
}

/**
 * Plans what is sent of one class: `run` returns the plain value of an instance, or of a plain object with the
 * properties of the class, or {@link Invalid}. The given value is not changed. Transforms run in the direction
 * `toPlainOnly`, never `toClassOnly`.
 */
export function planOutgoing(type: Class, options?: PayloadOptions): PayloadPlan {
  return outgoingPlanner(options)(type);
}

class OutgoingPlan implements PayloadPlan {
  readonly #options: SettledOptions;
  readonly #library: Steps;
  #compilation: Compilation;

  constructor(
    readonly type: Class,
    options: SettledOptions,
    compiler: PayloadCompiler,
  ) {
    this.#options = options;
    this.#library = librarySteps(type, options);
    this.#compilation = compiler.compile(type);
  }

  get mode(): 'compiled' | 'library' {
    return this.#current().steps ? 'compiled' : 'library';
  }
  get reasons(): readonly string[] {
    return this.#current().reasons;
  }

  /** Decorators may be applied after boot; then the class is compiled again. */
  #current(): Compilation {
    if (this.#compilation.isStale()) this.#compilation = new PayloadCompiler(this.#options).compile(this.type);
    return this.#compilation;
  }

  run(value: unknown): object | Invalid | Promise<object | Invalid> {
    let instance: unknown;
    try {
      instance = adopt(value, this.type, this.#options.transform);
    } catch (cause) {
      return Invalid.of(NOT_READABLE, cause);
    }
    if (!(instance instanceof this.type)) return Invalid.of(NOT_AN_OBJECT);
    try {
      const errors = this.#validate(instance);
      return Array.isArray(errors) ? this.#conclude(instance, errors) : this.#later(instance, errors);
    } catch (cause) {
      return Invalid.of(NOT_CHECKABLE, cause);
    }
  }

  #validate(instance: object): ValidationError[] | Promise<ValidationError[]> {
    const { steps = this.#library } = this.#current();
    return steps.validate(instance);
  }

  async #later(instance: object, errors: Promise<ValidationError[]>): Promise<object | Invalid> {
    try {
      return this.#conclude(instance, await errors);
    } catch (cause) {
      return Invalid.of(NOT_CHECKABLE, cause);
    }
  }

  #conclude(instance: object, errors: readonly ValidationError[]): object | Invalid {
    if (errors.length > 0) return new Invalid(issuesOf(errors));
    try {
      return withoutStrangers(() => instanceToPlain(instance, this.#options.transform));
    } catch (cause) {
      return Invalid.of(NOT_READABLE, cause);
    }
  }
}
