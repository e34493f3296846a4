import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asCarried } from '../../src/payload/index.js';

class Inner {
  constructor(readonly text: string) {}
  get length(): number {
    return this.text.length;
  }
}

describe('a value as the wire would carry it', () => {
  it('is the same value where it is plain already', () => {
    const date = new Date(0);
    const values = [1, 'a', true, null, undefined, date, Buffer.from('a'), { a: [{ b: Buffer.from('b'), date }] }, []];
    for (const value of values) assert.equal(asCarried(value), value);
  });

  it('has plain objects of own keys in the place of instances, at any depth', () => {
    const carried = asCarried({ list: [new Inner('a')], map: new Map([[1, 2]]) });
    assert.deepStrictEqual(carried, { list: [{ text: 'a' }], map: {} });
  });

  it('has Buffers in the place of other views of bytes', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    assert.deepStrictEqual(asCarried(bytes.subarray(1, 3)), Buffer.from([2, 3]));
    assert.deepStrictEqual(asCarried([bytes.buffer, new DataView(bytes.buffer, 3)]), [
      Buffer.from(bytes),
      Buffer.from([4]),
    ]);
  });

  it('is what toJSON gives, also where that gives something that has one', () => {
    assert.equal(asCarried({ toJSON: () => ({ toJSON: () => 'text' }) }), 'text');
    assert.deepStrictEqual(asCarried([{ secret: 1, toJSON: () => new Inner('a') }]), [{ text: 'a' }]);
  });

  it('keeps a key named __proto__ a key', () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}}') as object;
    const carried = asCarried({ value, other: new Inner('a') }) as { value: object };
    assert.ok(Object.hasOwn(carried.value, '__proto__'));
    assert.equal('polluted' in {}, false);
  });
});
