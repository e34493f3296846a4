/** Every decorator of class-validator: what docs/contract.md says of its schema is what the schema says. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'class-transformer';
import * as cv from 'class-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Schemas } from '../../src/contract/schema/schemas.js';
import { Invalid, planPayload, type Class } from '../../src/payload/index.js';
import { CHECKS, OTHERS, STRUCTURE, type Decorate } from '../payload/differential/decorators.js';
import { codeWords, tableOf } from '../repo/readme-tables.js';

class Inner {
  @cv.IsInt() a!: number;
}

const decorators: Readonly<Record<string, Decorate>> = {
  ...CHECKS,
  ...STRUCTURE,
  IsNumber: (o) => cv.IsNumber({}, o),
  ValidateNested: (o) => (target, name) => {
    Type(() => Inner)(target, name as string);
    cv.ValidateNested(o)(target, name);
  },
};

/** Values of every kind that JSON carries, and of most formats one. */
// prettier-ignore
const values: readonly unknown[] = [
  null, true, false, 0, 1, -1, 3, 7.25, 200, '', ' ', 'a', 'abc', 'ABC', 'ÄÖ', '😀', '12', '-3.5', 'true', 'red', '12:30',
  '2020-01-01', '2020-01-01T10:00:00Z', '#ff0000', 'ff00', 'a@b.de', 'b.de', 'http://b.de/x', '127.0.0.1', '48.1,11.5', '8080', 'DE', 'DEU',
  '7c9e6679-7425-40de-944b-e07fc1f90ae7', '4111111111111111', '+4930123456', 'en-US', 'Europe/Berlin', '{"a":1}', 'aGk=', 'text/plain',
  '1.2.3', 'rgb(1,2,3)', 'EUR', 'Aa1!xyz', 'DE89370400440532013000', '978-3-16-148410-0', '507f1f77bcf86cd799439011',
  {}, { a: 1 }, [], [1, 2], ['abc', 'abc', 'x'], [null], [[1]], [{}],
];

/** Lists in lists pass the schema, whatever the class inside says. */
const isLooser = (name: string, value: unknown): boolean =>
  name === 'ValidateNested' && Array.isArray([value].flat()[0]);

type Kind = 'exact' | 'looser' | 'not expressible';

function classWith(decorate: Decorate): Class {
  class One {}
  cv.Allow()(One.prototype, 'other');
  decorate()(One.prototype, 'it');
  return One as Class;
}

/** What the schema says of a property with this decorator. */
function kindOf(type: Class): Kind {
  const schemas = new Schemas();
  schemas.nameOf(type, {});
  const { it } = schemas.all()['One']!['properties'] as { readonly it: Readonly<Record<string, unknown>> };
  if (!('x-rules' in it)) return 'exact';
  return Object.keys(it).length > 1 ? 'looser' : 'not expressible';
}

test('docs/contract.md says of every decorator of class-validator whether its schema is exact, looser, or says nothing', () => {
  const documented = new Map<string, string>();
  for (const [names, kind] of tableOf('docs/contract.md', /^## Schemas/)) {
    for (const name of codeWords(names!)) documented.set(name, kind!);
  }
  const exported = Object.keys(cv).filter((name) => /^[A-Z]/.test(name) && !/^[A-Z_0-9]+$/.test(name));
  const classes = OTHERS.filter((name) => !/^Validate(By|If)?$/.test(name));
  assert.deepEqual([...documented.keys()].toSorted(), exported.filter((name) => !classes.includes(name)).toSorted());
  const said = Object.entries(decorators).map(([name, decorate]) => [name, kindOf(classWith(decorate))]);
  const written = Object.keys(decorators).map((name) => [
    name,
    /^exact|^looser|^not expressible/.exec(documented.get(name)!)![0],
  ]);
  assert.deepEqual(said, written);
});

test('an exact schema takes what the rule takes and nothing else, a looser one at least that', async () => {
  for (const [name, decorate] of Object.entries(decorators)) {
    const type = classWith(decorate);
    const kind = kindOf(type);
    const schemas = new Schemas();
    schemas.nameOf(type, {});
    const fits = new Ajv2020({ strict: false, logger: false }).compile({
      $ref: '#/schemas/One',
      schemas: schemas.all(),
    });
    const plan = planPayload(type, {});
    for (const it of values) {
      const input = { it, other: 1 };
      const accepted = !((await plan.run(structuredClone(input))) instanceof Invalid);
      const message = `${name} of ${JSON.stringify(it)}`;
      if (accepted || (kind === 'exact' && !isLooser(name, it))) assert.equal(fits(input), accepted, message);
    }
  }
});
