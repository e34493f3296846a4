import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ClassTransformOptions } from 'class-transformer';
import { useContainer } from 'class-validator';
import type { ValidatorOptions } from 'class-validator';
import { settle } from '../../../src/payload/payload-options.js';
import { assertSame, assertSamePlain } from './compare.js';
import { makeInput } from './values.js';
import { forgetWorlds, makeWorld, once, pick, setAside } from './world.js';
import type { Draw } from './world.js';

/** `COLLOQUY_RUNS=500000 COLLOQUY_SEED=$RANDOM TEST=random npm test` searches further; a failure prints its seed. */
const RUNS = Number(process.env['COLLOQUY_RUNS'] ?? 2000);
const SEED = Number(process.env['COLLOQUY_SEED'] ?? 20_260_101);

function transformOptions(draw: Draw): ClassTransformOptions {
  return {
    ...(once(draw, 5) ? { enableImplicitConversion: true } : {}),
    ...(once(draw, 5) ? { excludeExtraneousValues: true } : {}),
    ...(once(draw, 5) ? { exposeDefaultValues: true } : {}),
    ...(once(draw, 5) ? { exposeUnsetFields: false } : {}),
    ...(once(draw, 5) ? { groups: pick(draw, [['g'], ['h'], []]) } : {}),
    ...(once(draw, 8) ? { version: pick(draw, [1, 2, 3]) } : {}),
    ...(once(draw, 12) ? { strategy: 'exposeAll' as const } : {}),
  };
}

function validatorOptions(draw: Draw): ValidatorOptions {
  return {
    ...(once(draw, 3) ? { whitelist: false } : {}),
    ...(once(draw, 5) ? { forbidNonWhitelisted: true } : {}),
    ...(once(draw, 5) ? { forbidUnknownValues: false } : {}),
    ...(once(draw, 5) ? { stopAtFirstError: true } : {}),
    ...(once(draw, 8) ? { skipUndefinedProperties: true } : {}),
    ...(once(draw, 8) ? { skipNullProperties: true } : {}),
    ...(once(draw, 8) ? { skipMissingProperties: true } : {}),
    ...(once(draw, 5) ? { groups: pick(draw, [['g'], ['h'], []]) } : {}),
    ...(once(draw, 8) ? { always: true } : {}),
    ...(once(draw, 8) ? { strictGroups: true } : {}),
    ...(once(draw, 8) ? { dismissDefaultMessages: true } : {}),
    ...(once(draw, 8) ? { validationError: pick(draw, [{ target: false }, { value: false }, {}]) } : {}),
  };
}

/** The libraries leave a rejection behind where one validator throws while the promise of another is pending. */
function allowRejections(): () => void {
  const listeners = process.listeners('unhandledRejection');
  const ignore = () => undefined;
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
  return () => {
    process.off('unhandledRejection', ignore);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  };
}

describe('compiled plans and the libraries', () => {
  it(`cannot be told apart in ${RUNS} random programs (seed ${SEED})`, async (context) => {
    useContainer({ get: (type: new () => object) => new type() } as never);
    const restoreMetadata = setAside();
    const restoreListeners = allowRejections();
    let compiled = 0;
    let sent = 0;
    const run = fc.asyncProperty(fc.gen(), async (draw) => {
      const world = makeWorld(draw);
      const type = pick(draw, world.classes);
      const maxIssues = once(draw, 5) ? draw(fc.nat, { max: 3 }) : Infinity;
      const options = settle({ transform: transformOptions(draw), validator: validatorOptions(draw) }, maxIssues);
      try {
        const one = { type, options, makeInput: makeInput(draw, world, type), log: world.log };
        if (await assertSame(one)) compiled++;
        if (assertSamePlain(one)) sent++;
      } finally {
        forgetWorlds();
      }
    });
    try {
      await fc.assert(run, { numRuns: RUNS, seed: SEED, endOnFailure: process.env['COLLOQUY_SHRINK'] !== '1' });
    } finally {
      await new Promise(setImmediate);
      restoreListeners();
      restoreMetadata();
      useContainer(undefined as never);
    }
    context.diagnostic(`${compiled} of ${RUNS} programs were compiled, in ${sent} an instance was sent (seed ${SEED})`);
    assert.ok(compiled > RUNS / 2);
    assert.ok(sent > RUNS / 3);
  });
});
