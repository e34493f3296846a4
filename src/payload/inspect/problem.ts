/** The problems of payload classes that boot reports. */
import type { BootErrorCode } from '../../base/boot-errors.js';

/** A mistake in a payload class that can be seen before any message arrives. */
export interface PayloadProblem {
  /** The class, or the class and its property: `Order.items`. */
  readonly path: string;
  readonly code: BootErrorCode;
  readonly what: string;
  /** How to fix it. */
  readonly fix: string;
}
