/** The objects behind the classes: controllers and middleware, each built once by the container. */
import { Socket } from 'socket.io';
import { isContainerScoped, resolve, type DependencyContainer } from '../../base/container.js';
import { EventContext } from '../../base/context.js';
import { unlessFaulty, type KnownMistakes, type Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import type { Middleware, MiddlewareLike, MiddlewareObject } from '../../base/middleware.js';
import type { Class } from '../../base/reflect.js';
import type { ControllerFacts } from '../scan/facts.js';
import { checkCaptured, findScoped, type ScopedServices } from '../scan/captured.js';
import { serviceCopyProblem } from '../scan/copied-classes.js';
import { circleOf, wiringProblem } from '../scan/wiring.js';

/** The controllers of which the application has one object: a class that is built for each connection or call anywhere is none. */
export function sharedClasses(controllers: readonly ControllerFacts[]): Class[] {
  const scoped = new Set(controllers.filter(isScoped).map(({ type }) => type));
  return controllers.map(({ type }) => type).filter((type) => !scoped.has(type));
}

/** Whether the class is built for each connection or call. */
export function isScoped({ namespace }: ControllerFacts): boolean {
  const { scope = 'app' } = namespace.options;
  return scope !== 'app';
}

/** The object that a handler is called on: one of the application, or the class of which each connection or call has its own. */
export type Target = { readonly instance: object } | { readonly perConnection: Class } | { readonly perCall: Class };

export class Instances {
  readonly #built = new Map<Class, object | undefined>();
  readonly #middleware = new Map<MiddlewareLike, Middleware>();
  readonly #found: ScopedServices = { scoped: new Set(), singletons: new Set() };

  /** @param known a class with a mistake is not built */
  constructor(
    private readonly container: DependencyContainer,
    private readonly known: KnownMistakes,
  ) {}

  /** The controller: one for the application, or one for each connection or call if it asks for that. */
  *target({ type, instance: given, namespace }: ControllerFacts): Step<Target> {
    const { scope = 'app' } = namespace.options;
    if (scope === 'app') return { instance: given ?? (yield* this.build(type)) ?? {} };
    if (scope === 'event') {
      yield* this.#check(type, [Socket, EventContext]);
      return { perCall: type };
    }
    yield* this.#check(type, [Socket]);
    return { perConnection: type };
  }

  /** Makes functions of middleware. */
  *prepare(uses: readonly MiddlewareLike[]): Step<void> {
    for (const like of uses) {
      if (this.#middleware.has(like)) continue;
      const middleware = yield* unlessFaulty(this.#middlewareOf(like));
      if (middleware) this.#middleware.set(like, middleware);
    }
  }

  /** The function of a middleware that was prepared and has no mistake. */
  middleware(like: MiddlewareLike): Middleware {
    return this.#middleware.get(like)!;
  }

  /** A class is built and its `use` is called on the instance; one that is scoped to the container is built for each call. */
  *#middlewareOf(like: MiddlewareLike): Step<Middleware> {
    if (!isMiddlewareClass(like)) return like as Middleware;
    if (isContainerScoped(this.container, like)) return yield* this.#scopedMiddleware(like);
    const instance = (yield* this.build(like)) as Partial<MiddlewareObject> | undefined;
    if (instance && typeof instance.use !== 'function') yield* this.#once(useless(like));
    return (context, next) => instance!.use!(context, next);
  }

  *#scopedMiddleware(type: Class<MiddlewareObject>): Step<Middleware> {
    yield* this.#check(type, [Socket, EventContext]);
    const use: Middleware = (context, next) =>
      context.inScope(type, (own) => (own as MiddlewareObject).use(context, next));
    return Object.defineProperty(use, 'name', { value: type.name });
  }

  /** The singletons that classes of a connection or call take; more may be found when a function is added. */
  get singletons(): ReadonlySet<unknown> {
    return this.#found.singletons;
  }

  /** Looks whether an object of the application takes what each connection or call has its own of. */
  *checkScopes(): Step<void> {
    if (this.#found.scoped.size === 0) return;
    const shared = [...this.#built.keys(), ...(this.#found.singletons as ReadonlySet<Class>)];
    for (const type of shared)
      for (const problem of checkCaptured(this.container, type, this.#found)) yield* this.#once(problem);
  }

  /** The one object of a class; `undefined` if the container cannot build it. */
  *build(type: Class): Step<object | undefined> {
    if (!this.#built.has(type)) this.#built.set(type, yield* this.#resolve(type));
    return this.#built.get(type);
  }

  *#resolve(type: Class): Step<object | undefined> {
    if (yield* this.#isFaulty(type)) return undefined;
    try {
      return resolve(this.container, type);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      yield { ...unbuildable(type, reason), cause };
      return undefined;
    }
  }

  /** A class that is built for each connection or call is only inspected. */
  *#check(type: Class, given: readonly unknown[]): Step<void> {
    if (yield* this.#isFaulty(type)) return;
    const reason = wiringProblem(this.container, type, given);
    if (reason) yield unbuildable(type, reason);
    else for (const problem of findScoped(this.container, type, this.#found)) yield* this.#once(problem);
  }

  /** Whether the class has a mistake already, needs itself, or takes what another copy of a library decorated. */
  *#isFaulty(type: Class): Step<boolean> {
    if (this.known.hasMistake(({ where }) => where === type.name)) return true;
    const circle = circleOf(this.container, type);
    if (circle) {
      yield* this.#once(inCircle(circle));
      return true;
    }
    const copy = serviceCopyProblem(type);
    return copy !== undefined && (yield copy);
  }

  /** Classes share what is behind them: its mistake is reported for the first of them. */
  *#once(problem: SetupProblem): Step<void> {
    const isKnown = this.known.hasMistake(({ where, what }) => where === problem.where && what === problem.what);
    if (!isKnown) yield problem;
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
