/** Values as Socket.IO carries them. */
import { isPlainObject } from './bounds.js';

/**
 * A value as the wire would carry it to a handler: instances become plain objects of their own keys, what `toJSON` gives
 * stands for what has one, and views of bytes become Buffers. A Date stays one. What is plain already is given as it is.
 */
export function asCarried(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) {
    return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return asCarried(toJSON.call(value));
  if (Array.isArray(value)) return carriedArray(value);
  return carriedObject(value as Readonly<Record<string, unknown>>);
}

function carriedArray(array: readonly unknown[]): readonly unknown[] {
  const carried = array.map(asCarried);
  return carried.every((item, index) => item === array[index]) ? array : carried;
}

function carriedObject(object: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(object).map(([key, value]) => [key, asCarried(value)] as const);
  const isCarried = isPlainObject(object) && entries.every(([key, value]) => value === object[key]);
  return isCarried ? object : Object.fromEntries(entries);
}
