/**
 * A map in less memory while it has one entry or none: Node.js makes a table of 180 bytes for each, and a client of one namespace
 * has three of them. What is seen of it is what is seen of a `Map`.
 */
import type { Socket } from 'socket.io';
import { internalsOf } from '../internals.js';

/** Neither a key nor a value is `undefined`. */
export class SmallMap<K extends string | number, V extends object> implements Map<K, V> {
  /** The entry that came when there was none; later ones are in `#others`. */
  #key: K | undefined;
  #value: V | undefined;
  #others: Map<K, V> | undefined;

  get size(): number {
    return (this.#value ? 1 : 0) + (this.#others?.size ?? 0);
  }

  get(key: K): V | undefined {
    return this.#key === key ? this.#value : this.#others?.get(key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): this {
    if (this.#key !== key && this.size > 0) (this.#others ??= new Map()).set(key, value);
    else {
      this.#key = key;
      this.#value = value;
    }
    return this;
  }

  delete(key: K): boolean {
    if (this.#key !== key) return this.#others?.delete(key) ?? false;
    this.#key = undefined;
    this.#value = undefined;
    return true;
  }

  clear(): void {
    this.#key = undefined;
    this.#value = undefined;
    this.#others?.clear();
  }

  forEach(act: (value: V, key: K, map: Map<K, V>) => void, self?: unknown): void {
    for (const [key, value] of this) act.call(self, value, key, this);
  }

  *entries(): MapIterator<[K, V]> {
    if (this.#value) yield [this.#key as K, this.#value];
    if (this.#others) yield* this.#others;
  }

  *keys(): MapIterator<K> {
    if (this.#value) yield this.#key as K;
    if (this.#others) yield* this.#others.keys();
  }

  *values(): MapIterator<V> {
    if (this.#value) yield this.#value;
    if (this.#others) yield* this.#others.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return 'Map';
  }
}

/** Gives a socket in the gate, and its client, such maps in place of those that are empty. */
export function compactMaps(socket: Socket): void {
  const internals = internalsOf(socket);
  const { client } = internals;
  if (internals.acks.size === 0) internals.acks = new SmallMap();
  if (client.sockets.size > 0 || client.sockets instanceof SmallMap) return;
  client.sockets = new SmallMap();
  client.nsps = new SmallMap();
}
