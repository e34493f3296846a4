/** The common part of decorators: their placement, and bare `@Mark` beside called `@Mark()`. */
import { SetupError } from '../../base/errors.js';

/** Decorates a method of an instance; a static method does not compile. */
export interface HandlerDecorator {
  <T extends (...args: never[]) => unknown>(
    target: object & { readonly prototype?: never },
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void;
}

/** Decorates a parameter of a method; a constructor's parameter does not compile. */
export type ParameterDecorator = (target: object, method: string | symbol, index: number) => void;

/** The arguments of a bare method decorator; a property has no descriptor, which is reported when the class is scanned. */
export type HandlerPlacement = [target: object, method: string | symbol, descriptor: object | undefined];

/** The arguments of a bare parameter decorator. */
export type ParameterPlacement = Parameters<ParameterDecorator>;

/** Whether these arguments are the ones a bare method decorator is called with. */
export function isHandlerPlacement(args: readonly unknown[]): args is HandlerPlacement {
  refuseStandardDecorators(args);
  return args.length === 3 && (typeof args[2] === 'object' || args[2] === undefined) && isMember(args);
}

/** Whether these arguments are the ones a bare parameter decorator is called with. */
export function isParameterPlacement(args: readonly unknown[]): args is ParameterPlacement {
  refuseStandardDecorators(args);
  return args.length === 3 && typeof args[2] === 'number' && isMember(args);
}

function isMember([target, method]: readonly unknown[]): boolean {
  const owner = typeof target === 'object' ? target !== null : typeof target === 'function';
  return owner && (typeof method === 'string' || typeof method === 'symbol' || method === undefined);
}

/**
 * A compiler without `experimentalDecorators` calls decorators in the standard's way, with a context object second.
 * @throws SetupError naming the compiler option
 */
export function refuseStandardDecorators(args: readonly unknown[]): void {
  const context = args[1];
  if (typeof context !== 'object' || context === null || !('kind' in context)) return;
  const name = 'name' in context ? String(context.name) : 'a class';
  throw new SetupError([
    {
      where: name,
      code: 'standard_decorators',
      what: 'the compiler does not apply `experimentalDecorators`, so the decorators here cannot see what they decorate.',
      fix: 'set "experimentalDecorators": true and "emitDecoratorMetadata": true in the tsconfig.json that is really used.',
    },
  ]);
}
