/** The rules of a class, found without a look at all other classes for each of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../repo/sources.js';
import { run } from '../support/run.js';

/** A process of its own: classes of other tests may have an `instanceof` of their own, and then nothing is shared. */
const program = `
import { getMetadataStorage, IsString, Length } from 'class-validator';
import { RuleSelection } from ${JSON.stringify(pathToFileURL(join(root, '.build/src/payload/compiled/selection.js')))};
let looks = 0;
class Counted {
  static get [Symbol.hasInstance]() {
    looks++;
    return Function.prototype[Symbol.hasInstance];
  }
}
class Plain {}
class Derived extends Plain {}
class Late extends Derived {}
IsString()(Counted.prototype, 'text');
IsString()(Plain.prototype, 'plain');
Length(1, 2)(Derived.prototype, 'more');
const rules = (type) => new RuleSelection({}).of(type).map(({ propertyName }) => propertyName).toSorted().join();
const seen = [];
for (let count = 0; count < 100; count++) seen.push(rules(Derived));
const first = looks;
IsString()(Late.prototype, 'late');
for (let count = 0; count < 100; count++) seen.push(rules(Late));
const second = looks - first;
// As many classes as before, but other ones.
const { validationMetadatas } = getMetadataStorage();
validationMetadatas.delete(Counted);
class Other extends Plain {}
IsString()(Other.prototype, 'other');
seen.push(rules(Other));
console.log(JSON.stringify({ first, second, seen: [...new Set(seen), rules(Plain)] }));
`;

test('the classes with rules are looked over once for all selections, and again when one has come', async () => {
  const { code, output } = await run(process.execPath, ['--input-type=module', '-e', program], root);
  assert.equal(code, 0, output);
  assert.deepEqual(JSON.parse(output), {
    first: 1,
    second: 1,
    seen: ['more,plain', 'late,more,plain', 'other,plain', 'plain'],
  });
});
