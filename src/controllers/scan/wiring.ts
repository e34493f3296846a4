/**
 * Whether the container will be able to build a class, found without building anything: what is built for each connection
 * has no socket at boot, and its constructors are the user's own code. A class that cannot be judged is taken for right.
 */
import {
  isInjectable,
  isProvided,
  missingNamespace,
  providersOf,
  type DependencyContainer,
  type Provider,
} from '../../base/container.js';
import { injectedParameters, type Class } from '../../base/reflect.js';

/** A parameter as tsyringe's decorators describe it; one without a decorator is its class. */
interface Injection {
  readonly token: unknown;
  readonly isOptional?: boolean;
  /** A class whose object makes the parameter's value of what the token gives. */
  readonly transform?: unknown;
}

/**
 * Says why the container cannot build a class, if that is certain.
 * @param given the tokens that only the scope of the class has: the socket, and the context of a call
 */
export function wiringProblem(
  container: DependencyContainer,
  type: Class,
  given: readonly unknown[],
): string | undefined {
  return isProvided(container, type) ? undefined : new Wiring(container, given).ofClass(type);
}

/**
 * Finds services that need each other through classes or tokens, before the container is asked: it would recurse until the stack
 * ends. `A → B → A`; a parameter that is injected with `delay()` ends the search.
 */
export function circleOf(container: DependencyContainer, type: Class): string | undefined {
  if (isProvided(container, type)) return undefined;
  const done = new Set<unknown>();
  const path: Class[] = [];
  const visit = (next: unknown): string | undefined => {
    if (typeof next !== 'function') return visitToken(next);
    const start = path.indexOf(next as Class);
    if (start >= 0) return [...path.slice(start), next as Class].map(({ name }) => name).join(' → ');
    if (done.has(next)) return undefined;
    done.add(next);
    const providers = next === type ? undefined : providersOf(container, next);
    const aliases = (providers ?? []).flatMap(targetsOf).filter((target) => target !== next);
    if (providers && aliases.length > 0) return firstOf(aliases, visit);
    if (providers?.some(({ useClass }) => useClass === undefined)) return undefined;
    path.push(next as Class);
    const found = firstOf(injectedParameters(next as Class), (parameter) =>
      visit(isInjection(parameter) ? parameter.token : parameter),
    );
    path.pop();
    return found;
  };
  const visitToken = (token: unknown): string | undefined => {
    if (typeof token !== 'string' && typeof token !== 'symbol') return undefined;
    return firstOf((providersOf(container, token) ?? []).flatMap(targetsOf), visit);
  };
  return visit(type);
}

function targetsOf({ useClass, useToken }: Provider): unknown[] {
  return [useClass, useToken].filter((target) => target !== undefined);
}

class Wiring {
  readonly #seen = new Set<unknown>();

  constructor(
    private readonly container: DependencyContainer,
    private readonly given: readonly unknown[],
  ) {}

  ofClass(type: Class): string | undefined {
    if (this.#seen.has(type)) return undefined;
    this.#seen.add(type);
    const parameters = injectedParameters(type);
    if (parameters.length === 0 || !isInjectable(type, firstToken(parameters[0]))) {
      return type.length === 0 ? undefined : `${type.name} is not injectable, and its constructor wants parameters.`;
    }
    return firstOf(parameters, (parameter, index) => {
      const reason = this.#ofParameter(parameter);
      return reason && `parameter ${index + 1} of ${type.name}: ${reason}`;
    });
  }

  #ofParameter(parameter: unknown): string | undefined {
    if (!isInjection(parameter)) return this.#ofToken(parameter, false);
    const { token, isOptional = false, transform } = parameter;
    if (transform === undefined) return this.#ofToken(token, isOptional);
    return (
      this.#ofToken(transform, false) ?? this.#ofToken(token, isOptional) ?? missingNamespace(this.container, transform)
    );
  }

  #ofToken(token: unknown, isOptional: boolean): string | undefined {
    if (this.given.includes(token)) return undefined;
    const providers = providersOf(this.container, token);
    if (providers) return firstOf(providers, (provider) => this.#ofProvider(provider));
    if (typeof token === 'function') return this.ofClass(token as Class);
    const isName = typeof token === 'string' || typeof token === 'symbol';
    return isName && !isOptional ? `nothing is registered for "${String(token)}".` : undefined;
  }

  #ofProvider({ useClass, useToken }: Provider): string | undefined {
    if (typeof useClass === 'function') return this.ofClass(useClass as Class);
    return useToken === undefined ? undefined : this.#ofToken(useToken, false);
  }
}

function isInjection(parameter: unknown): parameter is Injection {
  return typeof parameter === 'object' && parameter !== null && 'token' in parameter;
}

/** The tokens that the container resolves for a parameter. */
export function injectionTokens(parameter: unknown): unknown[] {
  if (!isInjection(parameter)) return [parameter];
  const { token, transform } = parameter;
  return transform === undefined ? [token] : [transform, token];
}

/** The token that the container resolves first for a parameter. */
function firstToken(parameter: unknown): unknown {
  return isInjection(parameter) ? (parameter.transform ?? parameter.token) : parameter;
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
