/** A container of a test's own: it knows what the given one knows, and shares no instance with it. */
import {
  globalContainer,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  lineageOf,
  provideServices,
  type DependencyContainer,
  type InjectionToken,
  type Registration,
} from '../base/container.js';
import type { Class } from '../base/reflect.js';

/**
 * The replacement of a service in one test. A class or a factory makes as many instances as the original: one for the
 * application if that is a singleton, one for each connection if it is scoped to the container, else a new one for
 * each that asks.
 */
export type Override = { readonly token: Class<unknown> | string | symbol } & (
  | { readonly useValue: unknown }
  | { readonly useClass: Class<unknown> }
  | { readonly useFactory: (container: DependencyContainer) => unknown }
);

/**
 * Makes a container with copies of all registrations of the given one and its parents, and with the overrides in the
 * place of the services that they name. Registered values are values: they are the same in every container.
 *
 * @param services classes of which the application has one object, although they are not registered
 */
export function isolate(
  container: DependencyContainer = globalContainer,
  overrides: readonly Override[] = [],
  services: readonly Class[] = [],
): DependencyContainer {
  const isolated = container.createChildContainer();
  const { _registry: registry } = lineageOf(isolated)[0]!;
  for (const each of lineageOf(container).toReversed()) {
    for (const [token, registrations] of each._registry.entries()) {
      if (registrations.length > 0) registry.setAll(token, registrations.map(copy));
    }
  }
  provideServices(isolated, services);
  for (const override of overrides) {
    const token = override.token as InjectionToken;
    registry.setAll(token, [replacement(override, registry.getAll(token).at(-1)?.options.lifecycle)]);
  }
  return isolated;
}

function copy({ provider, options }: Registration): Registration {
  return { provider, options };
}

function replacement(override: Override, lifecycle = Lifecycle.Transient): Registration {
  const once = { lifecycle: Lifecycle.Transient };
  if ('useValue' in override) return { provider: { useValue: override.useValue }, options: once };
  if ('useClass' in override) return { provider: { useClass: override.useClass }, options: { lifecycle } };
  return { provider: { useFactory: cached(override.useFactory, lifecycle) }, options: once };
}

function cached(
  factory: (container: DependencyContainer) => unknown,
  lifecycle: Lifecycle,
): (container: DependencyContainer) => unknown {
  if (lifecycle === Lifecycle.Singleton) return instanceCachingFactory(factory);
  if (lifecycle === Lifecycle.ContainerScoped) return instancePerContainerCachingFactory(factory);
  return factory;
}
