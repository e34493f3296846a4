/** The options of an application as far as they are facts: what the command judges. Loaded into the inspected program. */
import type { AppOptions } from '../../app/options.js';
import type { Limits } from '../../base/limits.js';

export interface Settings {
  readonly limits: Partial<Limits>;
  /** The URL of the adapter; `custom` for a factory. */
  readonly adapter?: string;
  /** `open`: every page of the web may connect; `unknown`: a function of the user's decides. */
  readonly origins: 'own' | 'listed' | 'open' | 'unknown';
  /** Whether pages of other hosts send cookies. */
  readonly withCredentials: boolean;
  /** Whose `X-Forwarded-For` is believed. */
  readonly proxy: 'nobody' | 'some' | 'everybody';
  /** The pages in `cors` that come without TLS from another machine. */
  readonly plainOrigins: readonly string[];
  readonly polling: boolean;
  readonly session: boolean;
  readonly debug: boolean;
}

export function settingsOf(options: AppOptions): Settings {
  const { limits = {}, adapter, cors, trustProxy, transports, session, debug = false } = options;
  const url = typeof adapter === 'object' ? adapter.url : adapter;
  return {
    limits,
    ...(url === undefined ? {} : { adapter: typeof url === 'string' ? url : 'custom' }),
    origins: originsOf(cors),
    withCredentials: typeof cors === 'object' && cors.credentials === true,
    proxy: trustProxy === true ? 'everybody' : trustProxy ? 'some' : 'nobody',
    plainOrigins: plainOriginsOf(cors),
    polling: transports === undefined || transports.some((each) => each === 'polling'),
    session: session !== undefined,
    debug,
  };
}

function originsOf(cors: AppOptions['cors']): Settings['origins'] {
  if (cors === undefined) return 'own';
  if (typeof cors === 'function') return 'unknown';
  const { origin } = cors;
  if (typeof origin === 'function') return 'unknown';
  const list: readonly unknown[] = [origin].flat();
  if (list.some((each) => each === '*' || each === true || isAnything(each))) return 'open';
  return list.some((each) => each !== undefined && each !== false) ? 'listed' : 'own';
}

function plainOriginsOf(cors: AppOptions['cors']): string[] {
  if (typeof cors !== 'object' || typeof cors.origin === 'function') return [];
  const texts = [cors.origin].flat().filter((each) => typeof each === 'string');
  return texts.filter((each) => each.startsWith('http://') && !isLocal(each));
}

/** Whether an address is this machine's. */
export function isLocal(address: string): boolean {
  const hostname = URL.canParse(address) ? new URL(address).hostname : '';
  return /^(localhost|.*\.localhost|127\..*|\[::1\]|)$/.test(hostname);
}

/** Whether a regular expression matches whatever is asked. */
function isAnything(each: unknown): boolean {
  return each instanceof RegExp && ['https://a.example', 'http://b.test:81'].every((origin) => each.test(origin));
}
