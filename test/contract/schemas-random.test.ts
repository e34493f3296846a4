import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { Schemas } from '../../src/contract/schema/schemas.js';
import { Invalid, planPayload, type PayloadOptions } from '../../src/payload/index.js';
import { makeInput } from '../payload/differential/values.js';
import { forgetWorlds, makeWorld, once, pick, setAside, type Draw } from '../payload/differential/world.js';

/** `COLLOQUY_RUNS=100000 COLLOQUY_SEED=$RANDOM TEST=schemas-random npm test` searches further; a failure prints its seed. */
const RUNS = Number(process.env['COLLOQUY_RUNS'] ?? 1000);
const SEED = Number(process.env['COLLOQUY_SEED'] ?? 20_261_127);

/** The options of users, those that decide what comes in among them. */
function payloadOptions(draw: Draw): PayloadOptions {
  return {
    transform: {
      ...(once(draw, 6) ? { enableImplicitConversion: true } : {}),
      ...(once(draw, 6) ? { excludeExtraneousValues: true } : {}),
      ...(once(draw, 6) ? { exposeDefaultValues: true } : {}),
      ...(once(draw, 6) ? { groups: pick(draw, [['g'], []]) } : {}),
      ...(once(draw, 8) ? { version: 2 } : {}),
    },
    validator: {
      ...(once(draw, 5) ? { whitelist: false } : {}),
      ...(once(draw, 6) ? { forbidUnknownValues: false } : {}),
      ...(once(draw, 6) ? { stopAtFirstError: true } : {}),
      ...(once(draw, 6) ? { skipUndefinedProperties: true } : {}),
      ...(once(draw, 6) ? { skipNullProperties: true } : {}),
      ...(once(draw, 6) ? { skipMissingProperties: true } : {}),
      ...(once(draw, 6) ? { groups: pick(draw, [['g'], ['h'], []]) } : {}),
    },
  };
}

/** What JSON carries of a value; `undefined` if it carries nothing. */
function carried(make: () => unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(make())) as unknown;
  } catch {
    return undefined;
  }
}

test(`a schema never refuses what the server accepts, in ${RUNS} random programs (seed ${SEED})`, async (context) => {
  const ignore = (): void => undefined;
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
  const restore = setAside();
  // A new one would compile the schema of schemas each time.
  const ajv = new Ajv2020({ strict: false, validateSchema: true, logger: false });
  let accepted = 0;
  let refused = 0;
  const property = fc.asyncProperty(fc.gen(), async (draw) => {
    const world = makeWorld(draw);
    const type = pick(draw, world.classes);
    const options = payloadOptions(draw);
    try {
      const plan = planPayload(type, options);
      const schemas = new Schemas();
      const $ref = `#/schemas/${schemas.nameOf(type, options)}`;
      const fits = ajv.compile({ $ref, schemas: schemas.all() });
      for (let count = 0; count < 4; count++) {
        const input = carried(makeInput(draw, world, type));
        if (input === undefined) continue;
        const result = await plan.run(structuredClone(input));
        if (result instanceof Invalid) {
          if (!fits(input)) refused++;
          continue;
        }
        accepted++;
        if (!fits(input)) {
          assert.fail(JSON.stringify({ input, options, schemas: schemas.all(), errors: fits.errors }, null, 1));
        }
      }
    } finally {
      ajv.removeSchema();
      forgetWorlds();
    }
  });
  try {
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
  } finally {
    await new Promise(setImmediate);
    restore();
    process.off('unhandledRejection', ignore);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  context.diagnostic(`${accepted} payloads were accepted, ${refused} were refused by both (seed ${SEED})`);
  assert.ok(accepted > RUNS / 4 && refused > RUNS / 20);
});
