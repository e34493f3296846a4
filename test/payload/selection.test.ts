/** The rules of a class, found without a look at all other classes for each of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../repo/sources.js';
import { run } from '../support/run.js';

const built = (file: string): string => JSON.stringify(pathToFileURL(join(root, '.build/src/payload', file)));

/** Runs a program in a process of its own: classes of other tests may have an `instanceof` of their own, and then nothing is shared. */
async function outputOf(program: string): Promise<unknown> {
  const { code, output } = await run(process.execPath, ['--input-type=module', '-e', program], root);
  assert.equal(code, 0, output);
  return JSON.parse(output);
}

const indexed = `
import { getMetadataStorage, IsString, Length } from 'class-validator';
import { RuleSelection } from ${built('compiled/selection.js')};
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
  assert.deepEqual(await outputOf(indexed), {
    first: 1,
    second: 1,
    seen: ['more,plain', 'late,more,plain', 'other,plain', 'plain'],
  });
});

const selected = `
import 'reflect-metadata';
import { getMetadataStorage, IsString, Length } from 'class-validator';
import { Payloads } from ${built('plan.js')};
class Base {}
class Dto extends Base {}
IsString()(Base.prototype, 'inherited');
IsString()(Dto.prototype, 'text');
const own = getMetadataStorage().validationMetadatas.get(Dto);
let selections = 0;
own.filter = (...args) => (selections++, Array.prototype.filter.apply(own, args));
const counts = [];
const count = (step) => {
  const result = step();
  counts.push(selections);
  return result;
};
const payloads = new Payloads();
count(() => payloads.inspect(Dto));
const plan = count(() => payloads.incoming(Dto));
count(() => payloads.outgoing(Dto));
count(() => plan.run({ text: 'a', inherited: 'b' }));
Length(2, 3)(Base.prototype, 'inherited');
const refused = count(() => plan.run({ text: 'a', inherited: 'b' }));
console.log(JSON.stringify({ counts, mode: plan.mode, rules: refused.issues.map(({ rule }) => rule) }));
`;

test('the rules of a class are selected once at boot, and again when one has come', async () => {
  assert.deepEqual(await outputOf(selected), { counts: [1, 1, 1, 1, 2], mode: 'compiled', rules: ['isLength'] });
});
