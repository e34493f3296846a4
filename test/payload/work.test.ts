import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { getMetadataStorage, IsInt, IsString, Length, useContainer, ValidateNested } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import { Invalid, planPayload } from '../../src/payload/index.js';

class Item {
  @IsString() @Length(1, 10) name!: string;
  @IsInt() count!: number;
}
class Order {
  @IsString() id!: string;
  @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
}

/** Everything in the libraries whose work grows with the number of classes or constraints in the program. */
const SEARCHING: readonly object[] = [
  Object.getPrototypeOf(defaultMetadataStorage) as object,
  Object.getPrototypeOf(getMetadataStorage()) as object,
  TransformOperationExecutor.prototype,
  ValidationExecutor.prototype,
];

/** The names of the methods that are called while some code runs. */
function callsDuring(run: () => void): string[] {
  const calls: string[] = [];
  const restore: (() => void)[] = [];
  for (const owner of SEARCHING) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      const original: unknown = descriptor.value;
      if (name === 'constructor' || typeof original !== 'function') continue;
      const value = function (this: unknown, ...args: unknown[]): unknown {
        calls.push(name);
        return (original as (...args: unknown[]) => unknown).apply(this, args);
      };
      Object.defineProperty(owner, name, { ...descriptor, value });
      restore.push(() => Object.defineProperty(owner, name, descriptor));
    }
  }
  useContainer({ get: (type: new () => object) => (calls.push('container.get'), new type()) } as never);
  try {
    run();
  } finally {
    useContainer(undefined as never);
    for (const undo of restore) undo();
  }
  return calls;
}

describe('the work for one message', () => {
  const plan = planPayload(Order);
  const valid = { id: 'a', items: Array.from({ length: 20 }, (_, i) => ({ name: `n${i}`, count: i })) };
  const invalid = { id: 'a', items: [{ name: '', count: 'x' }] };
  // The classes are compiled when they are first met.
  assert.ok(plan.run(valid) instanceof Order);

  it('searches no metadata and asks no container, however many classes there are', () => {
    let result: unknown;
    assert.deepEqual(
      callsDuring(() => void (result = plan.run(valid))),
      [],
    );
    assert.ok(result instanceof Order);
  });

  it('does so neither for an invalid message', () => {
    let result: unknown;
    const calls = callsDuring(() => void (result = plan.run(invalid)));
    assert.ok(result instanceof Invalid && result.issues.length === 2);
    assert.deepEqual(
      calls.filter((name) => name !== 'stripEmptyErrors'),
      [],
    );
  });

  it('would be seen here if the libraries did it', () => {
    const library = planPayload(Order, { validator: { enableDebugMessages: true } });
    assert.ok(callsDuring(() => void library.run(valid)).length > 500);
  });
});
