/** The plan of what is sent: the value is checked as an instance of its class, then taken to plain by class-transformer. */
import { ClassPlan, NOT_AN_OBJECT, NOT_READABLE } from '../class-plan.js';
import type { PayloadCompiler } from '../compiled/index.js';
import { Invalid } from '../invalid.js';
import type { Class, SettledOptions } from '../payload-options.js';
import { adopt } from './adopt.js';

/** The plan of what is sent of one class. */
export class OutgoingPlan extends ClassPlan {
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
    return this.check(this.parts(), instance, undefined, this.#toPlain);
  }

  readonly #toPlain = (instance: object): object | Invalid => {
    try {
      return this.stepsOf(this.parts()).toPlain(instance);
    } catch (cause) {
      return Invalid.of(NOT_READABLE, cause);
    }
  };
}
