/** The objects behind the classes: controllers and middleware, each built once by the container. */
import { resolve, type DependencyContainer } from '../../base/container.js';
import type { SetupProblem } from '../../base/errors.js';
import type { Middleware, MiddlewareLike, MiddlewareObject } from '../../base/middleware.js';
import type { Class } from '../../base/reflect.js';
import type { ControllerFacts } from '../scan/facts.js';
import { addProblemOnce } from '../scan/check-inputs.js';
import { circleOf, wiringProblem } from '../scan/wiring.js';

/** The controllers of which the application has one object: a class that is built for each connection anywhere is none. */
export function sharedClasses(controllers: readonly ControllerFacts[]): Class[] {
  const scoped = new Set(controllers.filter(isScoped).map(({ type }) => type));
  return controllers.map(({ type }) => type).filter((type) => !scoped.has(type));
}

function isScoped({ namespace }: ControllerFacts): boolean {
  return namespace.options.scope === 'connection';
}

/** The object that a handler is called on: one of the application, or the class of which each connection has its own. */
export type Target = { readonly instance: object } | { readonly perConnection: Class };

export class Instances {
  readonly #built = new Map<Class, object | undefined>();

  constructor(
    private readonly container: DependencyContainer,
    private readonly problems: SetupProblem[],
  ) {}

  /** The controller: one for the application, or one for each connection where it asks for that. */
  target(controller: ControllerFacts): Target {
    const { type, instance: given } = controller;
    if (isScoped(controller)) {
      this.#check(type);
      return { perConnection: type };
    }
    return { instance: given ?? this.build(type) ?? {} };
  }

  /** A middleware as a function; a class is built and its `use` is called on the instance. */
  middleware(like: MiddlewareLike): Middleware {
    if (!isMiddlewareClass(like)) return like as Middleware;
    const instance = this.build(like) as Partial<MiddlewareObject> | undefined;
    if (instance && typeof instance.use !== 'function') addProblemOnce(useless(like), this.problems);
    return (context, next) => instance!.use!(context, next);
  }

  /** The one object of a class; `undefined` where the container cannot build it. */
  build(type: Class): object | undefined {
    if (!this.#built.has(type)) this.#built.set(type, this.#resolve(type));
    return this.#built.get(type);
  }

  #resolve(type: Class): object | undefined {
    if (this.problems.some((problem) => problem.where === type.name)) return undefined;
    const circle = circleOf(this.container, type);
    if (circle) {
      addProblemOnce(inCircle(circle), this.problems);
      return undefined;
    }
    try {
      return resolve(this.container, type);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.problems.push({ ...unbuildable(type, reason), cause });
      return undefined;
    }
  }

  /** A class that is built for each connection is only inspected. */
  #check(type: Class): void {
    if (this.problems.some((problem) => problem.where === type.name)) return;
    const circle = circleOf(this.container, type);
    if (circle) return addProblemOnce(inCircle(circle), this.problems);
    const reason = wiringProblem(this.container, type);
    if (reason) this.problems.push(unbuildable(type, reason));
  }
}

function unbuildable({ name }: Class, reason: string): SetupProblem {
  return {
    where: name,
    code: 'unbuildable',
    what: `the container cannot build it: ${reason}`,
    fix: 'decorate each service with @injectable() or @singleton() from tsyringe, register what is not a class, and import services without `type`.',
  };
}

function inCircle(circle: string): SetupProblem {
  return {
    code: 'service_circle',
    where: circle.split(' ')[0]!,
    what: `services need each other: ${circle}.`,
    fix: 'inject one of them with @inject(delay(() => TheClass)) of tsyringe, or move the part that both need to a third one.',
  };
}

function useless({ name }: Class): SetupProblem {
  return {
    where: name,
    code: 'not_middleware',
    what: 'is not a middleware: its objects have no method `use`.',
    fix: 'write `use(context, next)` in the class, or give a function.',
  };
}

/** A class may make its `use` in the constructor; its `prototype`, unlike that of a function, cannot be replaced. */
function isMiddlewareClass(like: MiddlewareLike): like is Class<MiddlewareObject> {
  const prototype = like.prototype as { use?: unknown } | undefined;
  const isClass = Object.getOwnPropertyDescriptor(like, 'prototype')?.writable === false;
  return isClass || typeof prototype?.use === 'function';
}

/** How a table names a middleware. */
export function middlewareName(like: MiddlewareLike): string {
  return like.name || '(anonymous)';
}
