/**
 * Dependency injection; the only importer of tsyringe. Services use tsyringe's own decorators.
 */
import './reflect.js';
import {
  container as globalContainer,
  delay,
  injectable,
  injectWithTransform,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  type DependencyContainer,
  type InjectionToken,
} from 'tsyringe';
import { Server, type Namespace as IoNamespace } from 'socket.io';
import type { Class } from './reflect.js';

export { globalContainer, instanceCachingFactory, instancePerContainerCachingFactory, Lifecycle };
export type { DependencyContainer, InjectionToken };

/** tsyringe exports the class only as a type. */
const DelayedConstructor = delay(() => Object).constructor as new () => object;

/** A parameter decorator of a constructor. */
export type ConstructorParameterDecorator = (target: Class, method: undefined, index: number) => void;

/** Finds the Socket.IO namespace of a declared path. */
export abstract class Namespaces {
  abstract find(path: string | RegExp): IoNamespace;
}

/** Marks a class as injectable, so that the container can build it; `@Namespace` does this for controllers. */
export function markInjectable(type: Class): void {
  injectable()(type as never);
}

/** Fills a constructor parameter with the namespace whose path is found when the class is built. */
export function injectNamespace(pathOf: (type: Class) => string | RegExp): ConstructorParameterDecorator {
  return (target, _method, index) => {
    class Find {
      transform(namespaces: Namespaces): IoNamespace {
        return namespaces.find(pathOf(target));
      }
    }
    finders.set(Find, () => pathOf(target));
    injectWithTransform(Namespaces as never, Find)(target, undefined, index);
  };
}

/** The classes that find a namespace for a parameter, and which one. */
const finders = new WeakMap<object, () => string | RegExp>();

/** Why such a class will not find its namespace, if so. */
export function missingNamespace(container: DependencyContainer, transform: unknown): string | undefined {
  const pathOf = finders.get(transform as object);
  if (!pathOf) return undefined;
  try {
    container.resolve<Namespaces>(Namespaces as never).find(pathOf());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The application's own container: below the given one, or below tsyringe's global one. */
export function createContainer(parent: DependencyContainer = globalContainer): DependencyContainer {
  return parent.createChildContainer();
}

/** Registers what only the running application has: the server and its namespaces. */
export function provideServer(container: DependencyContainer, io: Server, namespaces: Namespaces): void {
  container.register(Server as never, { useValue: io });
  container.register(Namespaces as never, { useValue: namespaces });
}

/** Registers each class as one object of the whole application, unless the container has a registration of it. */
export function provideServices(container: DependencyContainer, services: readonly Class[]): void {
  for (const type of services) {
    if (typeof type === 'function' && !container.isRegistered(type as never, true))
      container.registerSingleton(type as never);
  }
}

/** The registration of a token: one of these. */
export interface Provider {
  readonly useClass?: unknown;
  readonly useToken?: unknown;
  readonly useValue?: unknown;
  readonly useFactory?: unknown;
}

export interface Registration {
  readonly provider: Provider;
  readonly options: { readonly lifecycle: Lifecycle };
}

/**
 * The parts of tsyringe 4.10 that are used beyond its typed surface. A registration keeps the instance of a singleton, so whoever has
 * registrations of its own has instances of its own.
 */
export interface ContainerInternals {
  readonly parent?: ContainerInternals;
  /** The objects with a method `dispose` that the container has built, in that order. */
  readonly disposables: Set<{ dispose(): unknown }>;
  readonly _registry: {
    entries(): Iterable<[InjectionToken, Registration[]]>;
    setAll(token: InjectionToken, registrations: Registration[]): void;
    getAll(token: InjectionToken): Registration[];
  };
}

/** The container and its parents, itself first. */
export function lineageOf(container: DependencyContainer): ContainerInternals[] {
  const found: ContainerInternals[] = [];
  let each: ContainerInternals | undefined = container as unknown as ContainerInternals;
  for (; each; each = each.parent) found.push(each);
  return found;
}

/** Returns the registrations of a token in the nearest container that knows it; `undefined` if none does. */
export function registrationsOf(container: DependencyContainer, token: unknown): readonly Registration[] | undefined {
  const all = lineageOf(container).map((each) => each._registry.getAll(token as InjectionToken));
  return all.find(({ length }) => length > 0);
}

/** Whether a container was given the object of a class, or a function that makes it: then it does not look at the constructor. */
export function isProvided(container: DependencyContainer = globalContainer, type: Class): boolean {
  return providersOf(container, type)?.some(({ useClass, useToken }) => !useClass && !useToken) ?? false;
}

/** Returns the providers of a token in the nearest container that knows it; `undefined` if none does. */
export function providersOf(container: DependencyContainer, token: unknown): readonly Provider[] | undefined {
  return registrationsOf(container, token)?.map(({ provider }) => provider);
}

/** Whether a class is registered to have one instance for each container: `@scoped(Lifecycle.ContainerScoped)`. */
export function isContainerScoped(container: DependencyContainer, token: unknown): boolean {
  return registrationsOf(container, token)?.at(-1)?.options.lifecycle === Lifecycle.ContainerScoped;
}

/** Returns the class that `delay(() => TheClass)` stands for; any other token is returned as it is. */
export function undelayed(token: unknown): unknown {
  return token instanceof DelayedConstructor ? (token as unknown as { wrap(): unknown }).wrap() : token;
}

/**
 * Whether tsyringe knows the parameters of a class. Nothing is built: the container that is asked fails at the first
 * parameter.
 *
 * @param first the token of the first parameter
 */
export function isInjectable(type: Class, first: unknown): boolean {
  let asked = false;
  const probe = globalContainer.createChildContainer().register(type as never, { useClass: type as never });
  const fail = (): never => {
    asked = true;
    throw new Error('nothing is to be built');
  };
  probe.register(first as never, { useFactory: fail });
  try {
    probe.resolve(type as never);
  } catch {
    return asked;
  }
  return asked;
}

/**
 * A container for one connection or call: classes scoped to the container live and end with it.
 *
 * @param values what only this container has
 * @param singletons what the parent builds: the child would take its scoped services for them, and dispose of them
 */
export function createScopedContainer(
  parent: DependencyContainer,
  values: readonly (readonly [token: Class<unknown>, value: unknown])[],
  singletons: Iterable<unknown>,
): DependencyContainer {
  const child = parent.createChildContainer();
  for (const [token, useValue] of values) child.register(token as never, { useValue });
  for (const token of singletons as Iterable<InjectionToken>) {
    const { length } = registrationsOf(parent, token) ?? [];
    for (let index = 0; index < length; index++)
      child.register(token, { useFactory: () => parent.resolveAll(token)[index] });
  }
  return child;
}

/** Disposes of what a container has built: the latest first, one after the other, each whatever became of the others. */
export async function disposeAll(container: DependencyContainer, failed: (error: unknown) => void): Promise<void> {
  const { disposables } = container as unknown as ContainerInternals;
  const built = [...disposables].toReversed();
  disposables.clear();
  await container.dispose();
  for (const each of built) {
    try {
      await each.dispose();
    } catch (error) {
      failed(error);
    }
  }
}

/** Whether the container or one of its parents has a registration of a class. */
export function isRegistered(container: DependencyContainer, type: Class): boolean {
  return container.isRegistered(type as never, true);
}

/** The container's one instance of a class, unless the class was registered otherwise. */
export function resolveOnce(container: DependencyContainer, type: Class): object {
  const token = type as InjectionToken<object>;
  if (!container.isRegistered(token, true)) {
    container.register(token, { useClass: type as never }, { lifecycle: Lifecycle.ContainerScoped });
  }
  return container.resolve(token);
}

/** Builds an instance. Throws tsyringe's own explanation if it cannot. */
export function resolve<T extends object>(container: DependencyContainer, type: Class<T>): T {
  return container.resolve<T>(type as never);
}
