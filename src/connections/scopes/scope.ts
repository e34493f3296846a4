/** The services of one connection or of one call: built when they are asked for, disposed of when it ends. */
import { resolveOnce, type DependencyContainer } from '../../base/container.js';
import type { ContextScope } from '../../base/context.js';
import type { Class } from '../../base/reflect.js';
import { isThenable, promiseOf } from '../../base/thenable.js';
import { clientGone } from '../known-failures.js';

export class Scope {
  #container: DependencyContainer | undefined;
  #ended = false;

  /**
   * @param open makes the container, once something is asked for
   * @param close disposes of what the container has built
   */
  constructor(
    private readonly open: () => DependencyContainer,
    private readonly close: (container: DependencyContainer) => void,
  ) {}

  /**
   * Builds or finds the scope's one instance of a class.
   * @throws EventError `gone` if the scope has ended, and whatever the constructors throw
   */
  resolve(type: Class): object {
    if (this.#ended) throw clientGone();
    this.#container ??= this.open();
    return resolveOnce(this.#container, type);
  }

  /** Disposes of the instances, once. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#container) this.close(this.#container);
  }
}

/** The scope of a call: it ends when the call has been answered and no method of an instance runs. */
export class CallScope extends Scope implements ContextScope {
  #running = 0;
  #answered: boolean;

  /** @param answered whether the call has been answered already: it ran out of time before its handler began */
  constructor(answered: boolean, ...scope: ConstructorParameters<typeof Scope>) {
    super(...scope);
    this.#answered = answered;
  }

  run(type: Class, work: (instance: object) => unknown): unknown {
    const instance = this.resolve(type);
    this.#running++;
    let result: unknown;
    try {
      result = work(instance);
    } catch (error) {
      this.#leave();
      throw error;
    }
    if (isThenable(result)) return promiseOf(result).finally(() => this.#leave());
    this.#leave();
    return result;
  }

  answered(): void {
    this.#answered = true;
    if (this.#running === 0) this.end();
  }

  #leave(): void {
    this.#running--;
    if (this.#answered && this.#running === 0) this.end();
  }
}
