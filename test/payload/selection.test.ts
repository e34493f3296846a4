/** The rules of a class, found without a look at all other classes for each of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IsString, Length } from 'class-validator';
import { RuleSelection } from '../../src/payload/compiled/selection.js';

let looks = 0;

class Counted {
  static get [Symbol.hasInstance](): (value: unknown) => boolean {
    looks++;
    return Function.prototype[Symbol.hasInstance];
  }
  @IsString() text!: string;
}
class Plain {
  @IsString() plain!: string;
}
class Derived extends Plain {
  @Length(1, 2) more!: string;
}

test('the classes with rules are looked over once for all selections, and again when one has come', () => {
  const rules = (type: Function): unknown[] =>
    new RuleSelection({})
      .of(type)
      .map(({ propertyName }) => propertyName)
      .toSorted();
  assert.deepEqual(rules(Derived), ['more', 'plain']);
  looks = 0;
  for (let count = 0; count < 100; count++) assert.deepEqual(rules(Derived), ['more', 'plain']);
  assert.equal(looks, 0);
  class Late extends Derived {
    @IsString() late!: string;
  }
  assert.deepEqual(rules(Late), ['late', 'more', 'plain']);
  assert.deepEqual(rules(Plain), ['plain']);
  assert.equal(looks, 1);
  assert.deepEqual(rules(Counted), ['text']);
});
