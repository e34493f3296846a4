/**
 * The only importer of reflect-metadata: code that reads or writes design types imports this module first, so controller
 * files work in whatever order they are loaded.
 */
import 'reflect-metadata';

/** How design types are read when this module is loaded. */
const { hasOwnMetadata } = Reflect;

/** Whether the design types of a method were recorded, and another polyfill has taken the place of the one that has them. */
export function areTypesLost(prototype: object, method: string | symbol): boolean {
  return !hasDesignTypes(prototype, method) && hasOwnMetadata('design:type', prototype, method);
}

/** The constructor of a class, concrete or abstract. */
export type Class<T = object> = abstract new (...args: never[]) => T;

/** The runtime types of a method's parameters, or `undefined` if the compiler emitted none for this very method. */
export function parameterTypes(prototype: object, method: string | symbol): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata('design:paramtypes', prototype, method) as readonly unknown[] | undefined;
}

/** The runtime types of a class's own constructor, or `undefined`. tsyringe puts token objects at some positions. */
export function constructorTypes(type: Class): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata('design:paramtypes', type) as readonly unknown[] | undefined;
}

/** The types or tokens that tsyringe fills a constructor's parameters with. */
export function injectedParameters(type: Class): readonly unknown[] {
  const types = Reflect.getMetadata('design:paramtypes', type) as readonly unknown[] | undefined;
  const tokens = Reflect.getOwnMetadata('injectionTokens', type) as Readonly<Record<number, unknown>> | undefined;
  return Object.assign([...(types ?? [])], tokens);
}

/** Whether the compiler emitted design types for a decorated method. A build that does emits them for each one. */
export function hasDesignTypes(prototype: object, method: string | symbol): boolean {
  return Reflect.hasOwnMetadata('design:type', prototype, method);
}
