/**
 * Buffers that class-transformer would make of objects: of `{ length: 1e9 }` it makes one as long as the client says. Bytes arrive
 * as Buffers, so an object is never meant.
 */
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import type { ClassTransformOptions } from 'class-transformer';
import { lineage, transformTables } from './compiled/storages.js';
import { isPlainObject } from './bounds.js';
import { isUserClass, probeType } from './nested.js';

/** The library's executor, for the values that compiled code leaves to it. */
export class BoundedExecutor extends TransformOperationExecutor {
  override transform(...args: Parameters<TransformOperationExecutor['transform']>): unknown {
    const [, value, type] = args as readonly unknown[];
    if (type === Buffer && claimedLength(value) > 0) throw new TypeError('an object with a length is no Buffer');
    return super.transform(...args);
  }
}

/** The bytes that a payload may claim if the library alone transforms it, which does not say of what it makes a Buffer. */
const MOST_CLAIMED = 2 ** 24;

/** @throws TypeError for a payload of which the library could make Buffers that are much longer than itself */
export function refuseClaims(payload: unknown): void {
  if (claimedIn(payload) > MOST_CLAIMED) throw new TypeError('an object claims to be long');
}

function claimedIn(value: unknown): number {
  const inner = Array.isArray(value) ? (value as unknown[]) : isPlainObject(value) ? Object.values(value) : [];
  return inner.reduce<number>((sum, item) => sum + claimedIn(item), claimedLength(value));
}

function claimedLength(value: unknown): number {
  const length = isPlainObject(value) ? Number((value as { length?: unknown }).length) : 0;
  return length > 0 ? length : 0;
}

/** Whether class-transformer may make a Buffer of something in a payload of this class. */
export function makesBuffers(type: Function, { enableImplicitConversion }: ClassTransformOptions): boolean {
  if (enableImplicitConversion) return true;
  const { _typeMetadatas: tables } = transformTables();
  const queue = new Set<unknown>([type]);
  for (const next of queue) {
    if (next === Buffer) return true;
    if (!isUserClass(next)) continue;
    const typed = lineage(next).flatMap((each) => [...(tables.get(each)?.entries() ?? [])]);
    for (const [property, metadata] of typed) {
      const { types, isChosenByMessage } = probeType(metadata, String(property));
      if (isChosenByMessage) return true;
      for (const each of types) queue.add(each);
    }
  }
  return false;
}
