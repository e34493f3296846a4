/** Decides which failure ends the attempt to start. */
import { AdapterError } from '../../errors.js';
import type { AdapterOptions } from '../../types.js';

export interface StartupPolicy extends Required<Pick<AdapterOptions, 'startup' | 'startupTimeout'>> {
  /** The broker's address without credentials, for messages. */
  readonly address: string;
  /** Whether the URL asks for TLS. */
  readonly isTls?: boolean;
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
    const { startup, address, isTls = false } = this.policy;
    if (error instanceof AdapterError && error.code !== 'credentials') return error;
    if (startup === 'degraded') return null;
    const mistake = mistakeOf(error, isTls);
    if (mistake) {
      const { kind, what, fix } = mistake;
      const remedy = fix ? `. ${fix}` : '';
      const message = `The ${this.engine} adapter ${what} ${address}: ${error.message.trim()}${remedy}`;
      return new AdapterError(kind, message, { cause: error });
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

interface Mistake {
  readonly kind: 'credentials' | 'option';
  readonly what: string;
  readonly fix?: string;
}

/** Messages of brokers and client libraries about mistakes that no further attempt fixes. The first match counts. */
const MISTAKES: readonly (Mistake & { readonly says: RegExp; readonly tls?: true })[] = [
  {
    says: /NOPERM|permissions? violation|permission denied|42501|access to (vhost|exchange|queue) .* refused/i,
    kind: 'credentials',
    what: 'was refused by',
    fix: 'Give that user the rights to publish and to subscribe to the names that begin with the prefix',
  },
  {
    // The library says no more of it: the broker closes the connection when it is to open the vhost.
    says: /vhost .* not found|NOT_ALLOWED - vhost|Expected ConnectionOpenOk; got <ConnectionClose/i,
    kind: 'option',
    what: 'was refused by',
    fix: 'The path of the URL names the vhost: correct it ("/" is written %2F), create it with rabbitmqctl add_vhost, or give the user its rights',
  },
  {
    says: /3D000|database .* does not exist/i,
    kind: 'option',
    what: 'was refused by',
    fix: 'The path of the URL names the database: correct it, or create it',
  },
  {
    says: /DB index is out of range|invalid DB index|SELECT is not allowed in cluster mode/i,
    kind: 'option',
    what: 'was refused by',
    fix: 'Leave the path of the URL out: it is the number of a database, and publish/subscribe is the same in all of them',
  },
  {
    says: /WRONGPASS|NOAUTH|invalid password|ACCESS[_-]REFUSED|AUTHORIZATION_VIOLATION|authorization violation|authentication failed|no pg_hba|role .* does not exist/i,
    kind: 'credentials',
    what: 'was refused by',
  },
  {
    says: /wrong version number|packet length too long|EPROTO|SSL routines|does not support SSL/i,
    tls: true,
    kind: 'option',
    what: 'got no TLS from',
    fix: 'That port does not speak TLS: take the port that does, or the scheme without the s',
  },
];

function mistakeOf(error: Error, isTls: boolean): Mistake | undefined {
  if (error instanceof AdapterError) return { kind: 'credentials', what: 'was refused by' };
  const { code = '', cause } = error as NodeJS.ErrnoException;
  const text = `${code} ${error.name} ${error.message} ${cause instanceof Error ? cause.message : ''}`;
  return MISTAKES.find(({ says, tls }) => says.test(text) && (!tls || isTls || /does not support SSL/.test(text)));
}
