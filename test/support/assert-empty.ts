/** What must be gone when clients are gone. */
import assert from 'node:assert/strict';
import { namespaceInternalsOf } from '../../src/connections/internals.js';
import type { Running } from './app.js';

/** Fails if anything is left of anybody in a namespace. */
export function assertEmpty({ app }: Running, path: string): void {
  const namespace = app.io.of(path);
  const { sockets, _preConnectSockets: pending } = namespaceInternalsOf(namespace);
  const { rooms, sids } = namespace.adapter;
  const left = { sockets: sockets.size, pending: pending.size, rooms: rooms.size, sids: sids.size };
  assert.deepEqual(left, { sockets: 0, pending: 0, rooms: 0, sids: 0 }, `left in ${path}`);
}
