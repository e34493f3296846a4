import 'reflect-metadata';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { getMetadataStorage } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import { transformTables, validationTables } from '../../src/payload/compiled/storages.js';
import { codeHash, KNOWN_CODE } from '../../src/payload/compiled/known-libraries.js';
import { librariesAgree } from '../../src/payload/compiled/probe/probe.js';

it('the text of the installed libraries is the one that is known, so that no boot needs the probe', () => {
  assert.equal(codeHash(), KNOWN_CODE);
});

const sizes = (): number[] =>
  [...Object.values(transformTables()), ...Object.values(validationTables())].map((table) =>
    table instanceof Map ? table.size : 0,
  );

it('the probe finds that the libraries do what is known and leaves nothing behind', (context) => {
  const before = sizes();
  const start = process.cpuUsage();
  assert.equal(librariesAgree(), true);
  const { user, system } = process.cpuUsage(start);
  context.diagnostic(`${((user + system) / 1000).toFixed(1)} ms of CPU`);
  assert.deepEqual(sizes(), before);
});

/** A method for an option that is left to the library anyway, and one that compiled plans ask the library for. */
const unasked = new Set(['isCircular', 'checkVersion']);

for (const owner of [ValidationExecutor, TransformOperationExecutor, getMetadataStorage().constructor]) {
  const methods = owner.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const names = Object.getOwnPropertyNames(methods).filter(
    (name) => typeof Object.getOwnPropertyDescriptor(methods, name)!.value === 'function' && name !== 'constructor',
  );
  for (const name of names.filter((each) => !unasked.has(each) && !each.startsWith('add'))) {
    it(`the probe notices that ${owner.name}.${name} does something else`, () => {
      const original = methods[name]!;
      let calls = 0;
      methods[name] = function (this: unknown, ...args: unknown[]) {
        return calls++ < 3 ? original.apply(this, args) : undefined;
      };
      try {
        assert.equal(librariesAgree(), false);
      } finally {
        methods[name] = original;
      }
    });
  }
}
