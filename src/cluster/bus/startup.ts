/** Decides which failure ends the attempt to start. */
import { AdapterError } from '../errors.js';
import type { AdapterOptions } from '../types.js';

export interface StartupPolicy extends Required<Pick<AdapterOptions, 'startup' | 'startupTimeout'>> {
  /** The broker's address without credentials, for messages. */
  readonly address: string;
}

/** Decides, until the first session, which failure ends the attempt to start. */
export class Startup {
  readonly #openedAt = performance.now();

  constructor(
    private readonly engine: string,
    private readonly policy: StartupPolicy,
  ) {}

  /** Milliseconds that starting may still take. */
  timeLeft(): number {
    if (this.policy.startup === 'degraded') return Infinity;
    return Math.max(1, this.policy.startupTimeout - this.#waited());
  }

  /** Why starting has failed for good, or null to try again after so many milliseconds. */
  verdict(error: Error, pause: number): AdapterError | null {
    const { startup, address } = this.policy;
    if (error instanceof AdapterError && error.code !== 'credentials') return error;
    if (startup === 'degraded') return null;
    if (isRefusal(error)) {
      const message = `The ${this.engine} adapter was refused by ${address}: ${error.message}`;
      return new AdapterError('credentials', message, { cause: error });
    }
    if (startup === 'wait' && this.timeLeft() > pause) return null;
    const waited = Math.ceil(this.#waited());
    const message = `The ${this.engine} adapter could not reach ${address} within ${waited} ms: ${error.message}`;
    return new AdapterError('unreachable', message, { cause: error });
  }

  #waited(): number {
    return performance.now() - this.#openedAt;
  }
}

/** How the client libraries say that the broker does not accept who we are. */
const REFUSALS =
  /WRONGPASS|NOAUTH|invalid password|ACCESS[_-]REFUSED|AUTHORIZATION_VIOLATION|authorization violation|authentication failed|no pg_hba|role .* does not exist/i;

function isRefusal(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return error instanceof AdapterError || REFUSALS.test(error.message) || REFUSALS.test(code);
}
