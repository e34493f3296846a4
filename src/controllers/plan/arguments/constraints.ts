/** The constraints of an application: `@ValidatorConstraint` classes with services, each built once by its container. */
import { libraryConstraint } from '../../../payload/index.js';
import { isRegistered, markInjectable, type DependencyContainer } from '../../../base/container.js';
import { constructorTypes, type Class } from '../../../base/reflect.js';
import type { Step } from '../../../base/boot/report.js';
import type { SetupProblem } from '../../../base/errors.js';

/** Builds an object of the application; `undefined` if the container cannot. */
export type BuildObject = (type: Class) => Step<object | undefined>;

export class Constraints {
  readonly #found = new Set<Function>();
  readonly #instances = new Map<Function, object | undefined>();

  /** Notes classes that will be built at the next {@link build}. */
  add(types: readonly Function[]): void {
    for (const type of types) this.#found.add(type);
  }

  /** Builds all that were noted since. Those without services are class-validator's, and only looked at. */
  *build(container: DependencyContainer, build: BuildObject): Step<void> {
    for (const type of this.#found) {
      if (this.#instances.has(type)) continue;
      if (hasServices(container, type)) {
        if (type.length > 0 && constructorTypes(type as Class)) markInjectable(type as Class);
        this.#instances.set(type, yield* build(type as Class));
      } else {
        this.#instances.set(type, undefined);
        const problem = problemOf(type);
        if (problem) yield problem;
      }
    }
    this.#found.clear();
  }

  /** The instance of a class that the application has built. */
  readonly of = (type: Function): object | undefined => this.#instances.get(type);
}

function hasServices(container: DependencyContainer, type: Function): boolean {
  return type.length > 0 || isRegistered(container, type as Class);
}

function problemOf(type: Function): SetupProblem | undefined {
  try {
    libraryConstraint(type);
    return undefined;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return {
      code: 'unbuildable',
      where: type.name,
      what: `class-validator cannot build the constraint: ${reason}`,
      fix: 'let its constructor throw nothing; services that it takes as parameters come from the container.',
      cause,
    };
  }
}
