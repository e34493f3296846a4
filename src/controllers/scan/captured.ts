/**
 * The services behind a class, and the mistake that shows there: an object of the whole application that takes a service of
 * which each connection or call has its own would keep the one of the first.
 */
import { Socket } from 'socket.io';
import { Lifecycle, registrationsOf, undelayed, type DependencyContainer } from '../../base/container.js';
import { EventContext } from '../../base/context.js';
import type { SetupProblem } from '../../base/errors.js';
import { injectedParameters, type Class } from '../../base/reflect.js';
import { injectionTokens } from './wiring.js';

/** The classes that were found behind those of an application. */
export interface ScopedServices {
  /** The tokens of services that each connection or call has its own of. */
  readonly scoped: Set<unknown>;
  /** The tokens of singletons that they take: one object of the application. */
  readonly singletons: Set<unknown>;
}

type Found = Generator<SetupProblem, void, void>;

/** Adds what a class takes that is built for each connection or call to what was found; yields the mistakes. */
export function* findScoped(container: DependencyContainer, type: Class, found: ScopedServices): Found {
  for (const { token, holder, path, lifecycle } of servicesBehind(container, type, undefined)) {
    const isOwn = lifecycle === Lifecycle.ContainerScoped || token === Socket || token === EventContext;
    if (isOwn && holder !== undefined) yield captured(holder, path);
    else if (lifecycle === Lifecycle.ContainerScoped) found.scoped.add(token);
    else if (lifecycle === Lifecycle.Singleton) found.singletons.add(token);
  }
}

/** Looks whether a class of which the application has one object takes such a service. */
export function* checkCaptured(container: DependencyContainer, type: Class, { scoped }: ScopedServices): Found {
  for (const { token, holder, path } of servicesBehind(container, type, type)) {
    if (scoped.has(token)) yield captured(holder, path);
  }
}

interface Service {
  readonly token: unknown;
  readonly lifecycle: Lifecycle | undefined;
  /** The object of the application that would keep it, if one stands before it. */
  readonly holder: unknown;
  /** From the holder, else from the class, to the token. */
  readonly path: readonly unknown[];
}

/** Yields each service behind a class once, or twice if one of the ways to it leads through an object of the application. */
function* servicesBehind(container: DependencyContainer, type: Class, holder: unknown): Generator<Service, void, void> {
  const seen = { held: new Set<unknown>(), free: new Set<unknown>() };
  function* visit(token: unknown, from: readonly unknown[], held: unknown): Generator<Service, void, void> {
    const known = held === undefined ? seen.free : seen.held;
    if (known.has(token)) return;
    known.add(token);
    const path = [...from, token];
    const registrations = token === type ? [] : (registrationsOf(container, token) ?? []);
    const lifecycle = registrations.at(-1)?.options.lifecycle;
    if (token !== type) yield { token, lifecycle, holder: held, path };
    const isSingleton = lifecycle === Lifecycle.Singleton;
    for (const next of tokensBehind(token, registrations))
      yield* visit(next, isSingleton ? [token] : path, isSingleton ? token : held);
  }
  yield* visit(type, [], holder);
}

function tokensBehind(
  token: unknown,
  registrations: NonNullable<ReturnType<typeof registrationsOf>>,
): readonly unknown[] {
  if (registrations.length === 0) return parametersOf(token);
  return registrations.flatMap(({ provider: { useClass, useToken } }) =>
    useClass === undefined ? (useToken === undefined ? [] : [useToken]) : parametersOf(useClass),
  );
}

function parametersOf(type: unknown): readonly unknown[] {
  return typeof type === 'function'
    ? injectedParameters(type as Class)
        .flatMap(injectionTokens)
        .map(undelayed)
    : [];
}

function captured(holder: unknown, path: readonly unknown[]): SetupProblem {
  return {
    code: 'captured_scope',
    where: nameOf(holder),
    what: `there is one object of it for the application, which would keep the ${nameOf(path.at(-1))} of the first connection or call: ${path.map(nameOf).join(' → ')}.`,
    fix: "mark it @scoped(Lifecycle.ContainerScoped) too, a controller { scope: 'event' }; or pass what it needs to its methods.",
  };
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
