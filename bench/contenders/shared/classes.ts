import { settings } from './control.js';

/** A method decorator, as the frameworks' own types write it. */
type Decorate = (prototype: object, method: string, descriptor: PropertyDescriptor) => unknown;

/**
 * Adds a method that answers its first argument, as the compiler would have emitted it: with the metadata of one
 * parameter of type `type`, and decorated by `decorators`, the last of them first.
 */
export function addMethod(
  target: { prototype: object },
  name: string,
  decorators: Decorate[],
  type: unknown = Object,
): void {
  const prototype = target.prototype as Record<string, unknown>;
  Object.defineProperty(prototype, name, { value: (value: unknown) => value, writable: true, configurable: true });
  const emitted = [Reflect.metadata('design:type', Function), Reflect.metadata('design:paramtypes', [type])];
  Reflect.decorate(
    [...decorators, ...emitted] as MethodDecorator[],
    prototype,
    name,
    Object.getOwnPropertyDescriptor(prototype, name)!,
  );
}

/** `settings.controllers` classes `Controller0` …, each given its five handlers `c0h0` … by `handler`; `first` marks the one with a DTO. */
export function makeControllers(
  handler: (target: new () => object, event: string, first: boolean) => void,
): (new () => object)[] {
  return Array.from({ length: settings.controllers }, (_, i) => {
    const name = `Controller${i}`;
    const target = { [name]: class {} }[name] as new () => object;
    for (let h = 0; h < 5; h++) handler(target, `c${i}h${h}`, h === 0);
    return target;
  });
}
