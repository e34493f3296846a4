/**
 * Dependency injection; the only importer of tsyringe. Services use tsyringe's own decorators.
 */
import './reflect.js';
import {
  container as globalContainer,
  injectable,
  injectWithTransform,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  type DependencyContainer,
  type InjectionToken,
} from 'tsyringe';
import { Server, Socket, type Namespace as IoNamespace } from 'socket.io';
import type { Class } from './reflect.js';

export { globalContainer, instanceCachingFactory, instancePerContainerCachingFactory, Lifecycle };
export type { DependencyContainer, InjectionToken };

/** A parameter decorator of a constructor. */
export type ConstructorParameterDecorator = (target: Class, method: undefined, index: number) => void;

/** Finds the Socket.IO namespace of a declared path. */
export abstract class Namespaces {
  abstract find(path: string | RegExp): IoNamespace;
}

/** Makes a class one that the container can build; what `@Namespace` does for controllers. */
export function markInjectable(type: Class): void {
  injectable()(type as never);
}

/** Has a constructor's parameter filled with the namespace whose path is found when the class is built. */
export function injectNamespace(pathOf: (type: Class) => string | RegExp): ConstructorParameterDecorator {
  return (target, _method, index) => {
    class Find {
      transform(namespaces: Namespaces): IoNamespace {
        return namespaces.find(pathOf(target));
      }
    }
    injectWithTransform(Namespaces as never, Find)(target, undefined, index);
  };
}

/** The application's own container: below the given one, or below tsyringe's global one. */
export function createContainer(parent: DependencyContainer = globalContainer): DependencyContainer {
  return parent.createChildContainer();
}

/** Tells the container what only the running application can give: the server and its namespaces. */
export function provideServer(container: DependencyContainer, io: Server, namespaces: Namespaces): void {
  container.register(Server as never, { useValue: io });
  container.register(Namespaces as never, { useValue: namespaces });
}

/** Makes each class one object for the whole application, unless the container was told otherwise. */
export function provideServices(container: DependencyContainer, services: readonly Class[]): void {
  for (const type of services) {
    if (typeof type === 'function' && !container.isRegistered(type as never, true))
      container.registerSingleton(type as never);
  }
}

/** A container for one connection: classes scoped to the container live and die with the socket. */
export function createConnectionContainer(parent: DependencyContainer, socket: Socket): DependencyContainer {
  const child = parent.createChildContainer();
  child.register(Socket as never, { useValue: socket });
  return child;
}

/** The container's one instance of a class, unless the class was registered otherwise. */
export function resolveOnce(container: DependencyContainer, type: Class): object {
  const token = type as InjectionToken<object>;
  if (!container.isRegistered(token, true)) {
    container.register(token, { useClass: type as never }, { lifecycle: Lifecycle.ContainerScoped });
  }
  return container.resolve(token);
}

/** Builds an instance. Throws tsyringe's own explanation where it cannot. */
export function resolve<T extends object>(container: DependencyContainer, type: Class<T>): T {
  return container.resolve<T>(type as never);
}
