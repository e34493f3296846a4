/** The facts that scanning concludes about controllers, before any reader or chain is made. */
import type { EmissionMetadata, HandlerMetadata, NamespaceMetadata, ParamMetadata } from '../metadata/types.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { Class } from '../../base/reflect.js';

export interface ParamFacts {
  readonly index: number;
  /** The runtime type that the compiler wrote down, see `base/reflect.ts`. */
  readonly type: unknown;
  /** Whether the method has a default for it, `n = 5`: the argument may be missing. */
  readonly hasDefault?: boolean;
  /** Whether it is a rest parameter, `...args`: it gets all arguments that are left. */
  readonly isRest?: boolean;
  /** The metadata of the parameter's own decorator. */
  readonly metadata: ParamMetadata | undefined;
}

export interface HandlerFacts extends HandlerMetadata {
  /** `Class.method`. */
  readonly label: string;
  /** The event's name, the moment's name, or `*`. */
  readonly event: string;
  readonly params: readonly ParamFacts[];
  /** Whether the method handles something of another kind too. */
  readonly isShared?: boolean;
  readonly uses: readonly MiddlewareLike[];
  readonly emissions: readonly EmissionMetadata[];
}

export interface ControllerFacts {
  readonly type: Class;
  /** The object itself, if the container does not build it. */
  readonly instance?: object;
  readonly name: string;
  readonly namespace: NamespaceMetadata;
  readonly handlers: readonly HandlerFacts[];
  /** The middleware of every handler of the class; a parent's first. */
  readonly uses: readonly MiddlewareLike[];
}
