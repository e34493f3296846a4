/** The plan of what is sent: the value is checked as an instance of its class, then taken to plain by class-transformer. */
import { instanceToPlain } from 'class-transformer';
import { ClassPlan, NOT_AN_OBJECT, NOT_READABLE } from '../class-plan.js';
import { PayloadCompiler } from '../compiled/index.js';
import { Invalid, MAX_ISSUES } from '../invalid.js';
import { withoutStrangers } from '../library.js';
import { CLASS_TO_PLAIN } from '../nested.js';
import { settle } from '../payload-options.js';
import type { Class, ConstraintOf, PayloadOptions, SettledOptions } from '../payload-options.js';
import type { PayloadPlan } from '../class-plan.js';
import { adopt } from './adopt.js';

/** Returns the function that plans what is sent of a class. */
export function outgoingPlanner(
  options: PayloadOptions = {},
  constraintOf?: ConstraintOf,
): (type: Class) => PayloadPlan {
  const settled = settle(options, MAX_ISSUES, constraintOf);
  const compiler = new PayloadCompiler(settled, CLASS_TO_PLAIN);
  return (type) => new OutgoingPlan(type, settled, compiler);
}

/**
 * Plans what is sent of one class: `run` returns the plain value of an instance, or of a plain object with the
 * properties of the class, or {@link Invalid}. The given value is not changed. Transforms run in the direction
 * `toPlainOnly`, never `toClassOnly`.
 */
export function planOutgoing(type: Class, options?: PayloadOptions): PayloadPlan {
  return outgoingPlanner(options)(type);
}

class OutgoingPlan extends ClassPlan {
  readonly #transform: SettledOptions['transform'];

  constructor(type: Class, options: SettledOptions, compiler: PayloadCompiler) {
    super(type, options, compiler);
    this.#transform = options.transform;
  }

  run(value: unknown): object | Invalid | Promise<object | Invalid> {
    let instance: unknown;
    try {
      instance = adopt(value, this.type, this.#transform);
    } catch (cause) {
      return Invalid.of(NOT_READABLE, cause);
    }
    if (!(instance instanceof this.type)) return Invalid.of(NOT_AN_OBJECT);
    return this.check(this.current(), instance, undefined, this.#toPlain);
  }

  readonly #toPlain = (instance: object): object | Invalid => {
    try {
      return withoutStrangers(() => instanceToPlain(instance, this.#transform));
    } catch (cause) {
      return Invalid.of(NOT_READABLE, cause);
    }
  };
}
