/** One client's bytes, to an application with the fast lane and to one without: they do, and answer, the same in the same order. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AppOptions } from '../../../src/index.js';
import { conversation, type Step } from './conversations.js';
import { Stage } from './stage.js';

/** More of them: `LANE_RUNS=5000 LANE_SEED=7 TEST=lane npm test`. */
const numRuns = Number(process.env['LANE_RUNS'] ?? 150);
const seed = Number(process.env['LANE_SEED'] ?? 20261129);

type Options = Omit<AppOptions, 'controllers'>;

const free = { eventRate: Infinity, byteRate: Infinity, connectRate: Infinity } as const;

/** The budgets of time are so slow that none is refilled while a conversation lasts. */
const ways: Readonly<Record<string, { readonly options: Options; readonly share: number }>> = {
  'without limits of rate': { options: { limits: free }, share: 1 },
  'with few events': { options: { limits: { ...free, eventRate: 0.001, eventBurst: 5 } }, share: 0.3 },
  'with few bytes': { options: { limits: { ...free, byteRate: 1, byteBurst: 300 } }, share: 0.2 },
  'with few calls at a time': { options: { limits: { ...free, concurrentCalls: 1, queuedCalls: 1 } }, share: 0.3 },
  'with shallow payloads': { options: { limits: { ...free, depth: 2 } }, share: 0.2 },
  'with metrics': { options: { limits: free, metrics: '/metrics' }, share: 0.6 },
  'with an error handler': {
    options: { limits: free, onError: (error) => ({ caught: (error as Error).message }) },
    share: 0.2,
  },
};

const shown = (steps: readonly Step[]): unknown[] =>
  steps.map((step) => ('chunk' in step ? step.chunk.toString('base64') : step.act));

describe('an event on the fast lane', { timeout: 600_000 }, () => {
  for (const [way, { options, share }] of Object.entries(ways)) {
    it(`is handled and answered as one that goes the long way, ${way}`, async (t) => {
      const quick = await Stage.open({ ...options, fastLane: true });
      const slow = await Stage.open({ ...options, fastLane: false });
      t.after(() => Promise.all([quick.close(), slow.close()]));
      await fc.assert(
        fc.asyncProperty(conversation, async (steps) => {
          const expected = await slow.play(steps);
          assert.deepEqual(await quick.play(steps), expected, JSON.stringify(shown(steps)));
        }),
        { seed, numRuns: Math.ceil(numRuns * share) },
      );
    });
  }
});
