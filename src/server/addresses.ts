/** Limits for one address: how many connections it has, and how fast it makes new ones. */
import type { IncomingMessage } from 'node:http';
import proxyAddress from 'proxy-addr';
import type { CountedKind } from '../base/counters.js';
import type { Limits } from '../base/limits.js';

/** The proxies whose `X-Forwarded-For` is believed, as Express has it: a number of proxies, addresses, `loopback`, `true` for all. */
export type TrustProxy = boolean | number | string | readonly string[];

type Trust = (address: string, hops: number) => boolean;

/** An Engine.IO connection, as far as its address matters. */
interface CountedConnection {
  readonly request: IncomingMessage;
  on(event: 'close', listener: (this: CountedConnection) => void): unknown;
}

interface AddressState {
  open: number;
  tokens: number;
  refilled: number;
}

/** Milliseconds after which a session that was let in, and never began, is no longer counted. */
const RESERVATION_TIME = 5_000;
/** Addresses that are remembered; beyond that, those without a connection are forgotten. */
const MOST_ADDRESSES = 10_000;

export class Addresses {
  readonly #states = new Map<string, AddressState>();
  readonly #reserved = new Map<IncomingMessage, { readonly key: string; readonly timer: NodeJS.Timeout }>();
  readonly #keys = new WeakMap<object, string>();
  readonly #trust: Trust | undefined;
  #lastAddress: string | undefined;
  #lastKey: string | undefined;

  /**
   * @param limits those of the application
   * @param trustProxy whose word about addresses is believed
   * @param isExplicit whether the user set a limit for addresses; a default one does not apply to this machine itself, which
   * may be a proxy
   */
  constructor(
    private readonly limits: Limits,
    trustProxy: TrustProxy | undefined,
    private readonly isExplicit: boolean,
  ) {
    this.#trust = trustProxy === undefined || trustProxy === false ? undefined : trustOf(trustProxy);
  }

  /** Returns why a new session of this address is refused, if it is. Counts the attempt. */
  refusal(request: IncomingMessage): CountedKind | undefined {
    const key = this.#keyOf(request);
    if (key === undefined) return undefined;
    const state = this.#stateOf(key);
    const { connectionRate, connectionBurst, connectionsPerAddress } = this.limits;
    if (state.open >= connectionsPerAddress) return 'address_limit';
    if (connectionRate === Infinity) return undefined;
    const now = Date.now();
    state.tokens = Math.min(
      connectionBurst,
      state.tokens + (Math.max(0, now - state.refilled) / 1000) * connectionRate,
    );
    state.refilled = now;
    if (state.tokens < 1) return 'connection_rate';
    state.tokens--;
    return undefined;
  }

  /** Counts a session that is about to begin, so that others at the same moment meet the limit. */
  reserve(request: IncomingMessage): void {
    const key = this.#keyOf(request);
    if (key === undefined) return;
    this.#stateOf(key).open++;
    const timer = setTimeout(() => this.#cancel(request), RESERVATION_TIME).unref();
    this.#reserved.set(request, { key, timer });
  }

  /** Counts a session from its beginning to its end. */
  watch(connection: CountedConnection): void {
    const { request } = connection;
    const reserved = this.#reserved.get(request);
    const key = reserved?.key ?? this.#keyOf(request);
    if (key === undefined) return;
    if (reserved) {
      clearTimeout(reserved.timer);
      this.#reserved.delete(request);
    } else this.#stateOf(key).open++;
    this.#keys.set(connection, key);
    connection.on('close', this.#closed);
  }

  /** One function for all connections: `this` is the one that closed. */
  readonly #closed = ((addresses: Addresses) =>
    function (this: CountedConnection): void {
      const key = addresses.#keys.get(this);
      if (key !== undefined) addresses.#leave(key);
    })(this);

  #cancel(request: IncomingMessage): void {
    const reserved = this.#reserved.get(request);
    this.#reserved.delete(request);
    if (reserved) this.#leave(reserved.key);
  }

  #leave(key: string): void {
    const state = this.#states.get(key);
    if (state) state.open--;
  }

  #stateOf(key: string): AddressState {
    let state = this.#states.get(key);
    if (!state) {
      if (this.#states.size >= MOST_ADDRESSES) this.#forget();
      state = { open: 0, tokens: this.limits.connectionBurst, refilled: Date.now() };
      this.#states.set(key, state);
    }
    return state;
  }

  #forget(): void {
    for (const [key, { open }] of this.#states) if (open <= 0) this.#states.delete(key);
  }

  #keyOf(request: IncomingMessage): string | undefined {
    const address = this.#trust ? forwarded(request, this.#trust) : request.socket.remoteAddress;
    // One request asks several times.
    if (address !== this.#lastAddress) {
      this.#lastAddress = address;
      this.#lastKey = address === undefined ? undefined : this.#keyOfAddress(address);
    }
    return this.#lastKey;
  }

  /** The address that counts; `undefined` if none does. Of IPv6 addresses the network, since a client has all of it. */
  #keyOfAddress(address: string): string | undefined {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    if (!this.isExplicit && isOwn(plain)) return undefined;
    return plain.includes(':') ? networkOf(plain) : plain;
  }
}

function forwarded(request: IncomingMessage, trust: Trust): string | undefined {
  try {
    return proxyAddress(request, trust);
  } catch {
    return request.socket.remoteAddress;
  }
}

function trustOf(given: Exclude<TrustProxy, false>): Trust {
  if (given === true) return () => true;
  if (typeof given === 'number') return (_address, hops) => hops < given;
  const list = typeof given === 'string' ? given.split(',').map((each) => each.trim()) : [...given];
  return proxyAddress.compile(list);
}

/** @throws TypeError if the value is not one that Express takes */
export function checkTrustProxy(given: unknown): void {
  if (given === undefined || typeof given === 'boolean' || (Number.isInteger(given) && (given as number) >= 0)) return;
  if (typeof given !== 'string' && !Array.isArray(given))
    throw new TypeError('it is neither a number, nor a text, nor a list');
  trustOf(given as TrustProxy as Exclude<TrustProxy, false>);
}

function isOwn(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The first 64 bits. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const front = head.split(':').filter(Boolean);
  const back = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = new Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`;
}
