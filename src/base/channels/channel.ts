/**
 * The framework's own diagnostics channels. Node.js ends the process when a subscriber throws; of ours, a subscriber that throws is
 * named in one process warning and counted, and the others go on.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { isThenable, promiseOf } from '../thenable.js';

/** A channel of `node:diagnostics_channel` whose messages have a type. */
export interface TypedChannel<Message> {
  readonly name: string;
  /** Whether anybody subscribes, or has bound a store. Nothing is made for a message unless it is `true`. */
  readonly hasSubscribers: boolean;
  publish(message: Message): void;
  /** Publishes the message, then calls the function, inside of the stores that are bound to the channel. */
  runStores<Result>(message: Message, run: () => Result): Result;
  subscribe(subscriber: (message: Message, name: string) => void): void;
  /** Returns `false` if it had not subscribed. */
  unsubscribe(subscriber: (message: Message, name: string) => void): boolean;
  /** Makes what `transform` returns of a message the store's value while the message's work runs. */
  bindStore<Store>(store: AsyncLocalStorage<Store>, transform: (message: Message) => Store): void;
  unbindStore(store: AsyncLocalStorage<never>): boolean;
}

type Subscriber = (message: unknown, name: string) => unknown;

/** The parts of a channel that are replaced, and those that tell who came before. */
interface OpenChannel {
  readonly _subscribers?: readonly Subscriber[];
  readonly _stores?: ReadonlyMap<AsyncLocalStorage<unknown>, Transform | undefined>;
  subscribe(subscriber: Subscriber): void;
  unsubscribe(subscriber: Subscriber): boolean;
  bindStore(store: object, transform?: Transform): void;
  unbindStore(store: object): boolean;
  publish(message: unknown): void;
  runStores(message: unknown, run: () => unknown): unknown;
}

type Transform = (message: unknown) => unknown;

/** Whether stores are bound to a channel. */
function hasStores(channel: object): boolean {
  const { _stores: stores } = channel as OpenChannel;
  return stores !== undefined && stores.size > 0;
}

/** How many subscribe to a channel, or have bound a store to it. */
export function listenersOf(channel: object): number {
  const { _subscribers: subscribers, _stores: stores } = channel as OpenChannel;
  return (subscribers?.length ?? 0) + (stores?.size ?? 0);
}

/** Returns the channel of this name, with subscribers that cannot end a call or the process. */
export function openChannel<Message>(name: string): TypedChannel<Message> {
  const opened = channel(name) as unknown as OpenChannel;
  const { _subscribers: subscribers = [], _stores: stores = new Map() } = opened;
  contain(opened);
  // Those who subscribed before this module was loaded.
  for (const subscriber of subscribers) {
    (Object.getPrototypeOf(opened) as OpenChannel).unsubscribe.call(opened, subscriber);
    opened.subscribe(subscriber);
  }
  for (const [store, transform] of stores) opened.bindStore(store, transform);
  return opened as unknown as TypedChannel<Message>;
}

/** Node.js changes the prototype of a channel with its first subscriber, so the stock methods are looked up at each call. */
function contain(opened: OpenChannel): void {
  const stock = (): OpenChannel => Object.getPrototypeOf(opened) as OpenChannel;
  opened.subscribe = (subscriber) => stock().subscribe.call(opened, contained(subscriber));
  opened.unsubscribe = (subscriber) => stock().unsubscribe.call(opened, contained(subscriber));
  // The one store that is bound, with its transform; the stock function is for several.
  let only: readonly [AsyncLocalStorage<unknown>, Transform | undefined] | undefined;
  const look = (): void => void (only = opened._stores?.size === 1 ? [...opened._stores][0] : undefined);
  opened.bindStore = (store, transform) => {
    stock().bindStore.call(opened, store, transform && containedTransform(transform));
    look();
  };
  opened.unbindStore = (store) => {
    const wasBound = stock().unbindStore.call(opened, store);
    look();
    return wasBound;
  };
  opened.runStores = (message, run) => {
    const work = (): unknown => {
      opened.publish(message);
      return run();
    };
    if (only) return only[0].run(only[1] ? only[1](message) : message, work);
    return hasStores(opened) ? stock().runStores.call(opened, message, run) : work();
  };
}

/** The contained form of each subscriber; of a contained one it is that one. */
const known = new WeakMap<Subscriber, Subscriber>();

function contained(subscriber: Subscriber): Subscriber {
  if (typeof subscriber !== 'function') return subscriber;
  let safe = known.get(subscriber);
  if (safe) return safe;
  const failed = complaint(subscriber);
  safe = (message, name) => {
    try {
      const result = subscriber(message, name);
      if (isThenable(result)) promiseOf(result).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  known.set(subscriber, safe).set(safe, safe);
  return safe;
}

function containedTransform(transform: Transform): Transform {
  const failed = complaint(transform);
  return (message) => {
    try {
      return transform(message);
    } catch (error) {
      failed(error);
      return undefined;
    }
  };
}

let failures = 0;

/** How often subscribers of this process have thrown, or their promises were rejected. */
export function subscriberFailures(): number {
  return failures;
}

/** Returns the function that counts the failures of a subscriber, and warns of the first one. */
export function complaint({ name }: { readonly name: string }): (error: unknown) => void {
  let isKnown = false;
  return (error) => {
    failures++;
    if (isKnown) return;
    isKnown = true;
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(
      `a subscriber of a colloquy channel failed (${name || 'anonymous'}): ${reason}`,
      'ChannelWarning',
    );
  };
}
