/** When a node counts as gone: after its own silence, never after that of the broker. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Members, type Heartbeat } from '../../src/cluster/bus/nodes/members.js';

const NOTHING = { held: [], wanted: [] };

const heartbeats: readonly Heartbeat[] = [
  { interval: 300, timeout: 5_000 },
  { interval: 5_000, timeout: 10_000 },
  { interval: 1_000, timeout: 3_000 },
  { interval: 100, timeout: 300 },
  { interval: 2_000, timeout: 2_000 },
];

/** Plays the time of one other node, whose last word came at 0; returns when it counted as gone, if it did. */
function goneAt(heartbeat: Heartbeat, aliveAt: (now: number) => number, until: number): number | undefined {
  const gone: string[] = [];
  const members = new Members((uid) => gone.push(uid));
  members.put('b', NOTHING, 0);
  for (let now = 0; now <= until; now += 10) {
    members.expire(now, aliveAt(now), heartbeat);
    if (gone.length > 0) return now;
  }
  return undefined;
}

describe('another node', () => {
  for (const heartbeat of heartbeats) {
    const { interval, timeout } = heartbeat;
    const name = `${interval} / ${timeout} ms`;

    it(`is not gone while the broker is silent, wherever its last word came before that (${name})`, () => {
      // A heartbeat may come late by a part of the interval, and the link may prove itself right before the silence.
      for (const share of [0, 0.5, 1, 1.1, 1.3, 1.5]) {
        const last = interval * share;
        assert.equal(
          goneAt(heartbeat, () => last, 20 * timeout),
          undefined,
          `last proof at ${last}`,
        );
      }
    });

    it(`is gone after its timeout, and at most one and a half intervals later, while the link lives (${name})`, () => {
      for (const age of [0, 0.5, 1]) {
        const at = goneAt(heartbeat, (now) => now - interval * age, 20 * timeout);
        assert.ok(at !== undefined && at > timeout && at <= timeout + 1.5 * interval + 20, `${at} with age ${age}`);
      }
    });
  }
});
