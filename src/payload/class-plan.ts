/** The parts that the plans of both directions share: the compilation of a class, and the check of one instance. */
import type { ValidationError } from 'class-validator';
import type { Issue } from '../base/issue.js';
import { PayloadCompiler, type Compilation } from './compiled/index.js';
import { Invalid, issuesOf, type IssueSource } from './invalid.js';
import { librarySteps, type Steps } from './library.js';
import type { Direction } from './nested.js';
import type { Class, SettledOptions } from './payload-options.js';
import type { PayloadPlan } from './plan.js';
import type { Misshapen } from './shape/shapes.js';

export const NOT_AN_OBJECT: Issue = { path: '', rule: 'object', message: 'must be an object' };
export const NOT_READABLE: Issue = { path: '', rule: 'transform', message: 'could not be read' };
const NOT_CHECKABLE: Issue = { path: '', rule: 'validator', message: 'could not be checked' };

/** Takes an instance that passed every rule to the result of the plan. */
type Finish = (instance: object) => object | Invalid;

/** The plan of one class, in one direction. */
export abstract class ClassPlan implements PayloadPlan {
  readonly #options: SettledOptions;
  readonly #library: Steps;
  readonly #direction: Direction;
  #compilation: Compilation;

  constructor(
    readonly type: Class,
    options: SettledOptions,
    compiler: PayloadCompiler,
  ) {
    this.#options = options;
    this.#library = librarySteps(type, options);
    this.#direction = compiler.direction;
    this.#compilation = compiler.compile(type);
  }

  get mode(): 'compiled' | 'library' {
    return this.current().steps ? 'compiled' : 'library';
  }
  get reasons(): readonly string[] {
    return this.current().reasons;
  }

  abstract run(value: unknown): object | Invalid | Promise<object | Invalid>;

  /** Decorators may be applied after boot; then the class is compiled again before the next message. */
  protected current(): Compilation {
    if (this.#compilation.isStale()) {
      this.#compilation = new PayloadCompiler(this.#options, this.#direction).compile(this.type);
    }
    return this.#compilation;
  }

  /** The steps of a compilation, or those of the libraries. */
  protected stepsOf({ steps = this.#library }: Compilation): Steps {
    return steps;
  }

  /** Holds an instance to its declared shape, then to its rules. `source`: the value that it was made of. */
  protected check(
    compilation: Compilation,
    instance: object,
    source: unknown,
    finish: Finish,
  ): object | Invalid | Promise<object | Invalid> {
    const misshapen = compilation.shapes?.check(instance, source);
    try {
      const errors = this.stepsOf(compilation).validate(instance);
      if (!Array.isArray(errors)) return later(errors, misshapen, instance, finish);
      return misshapen || errors.length > 0 ? invalid(misshapen, errors) : finish(instance);
    } catch (cause) {
      return unchecked(misshapen, cause);
    }
  }
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
