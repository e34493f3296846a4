/** The JSON of issues, made of texts that are kept, is that of `JSON.stringify`. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from 'class-transformer';
import {
  Equals,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Min,
  ValidateNested,
  type ValidationArguments,
} from 'class-validator';
import fc from 'fast-check';
import { InvalidPayloadAnswer } from '../../src/connections/known-failures.js';
import { Invalid, planPayload, textOfIssues, type PayloadPlan } from '../../src/payload/index.js';

class Part {
  @IsString({ message: 'a "quoted" name\n, ünd \u2028 \ud800' }) @Length(2, 3) name!: string;
  @IsInt({ message: 'not $value of $target' }) @Min(1) count!: number;
  @Matches(/^a/, { message: ({ value }: ValidationArguments) => `${String(value)} does not begin with a` })
  word!: string;
}

class Parcel {
  @IsString() @Length(1, 4) to!: string;
  @IsInt({ each: true, message: 'required' }) @Length(3, 4, { each: true, message: 'required' }) sizes!: unknown[];
  @IsIn(['a', 'b'], { message: 'x'.repeat(300) }) kind!: string;
  @Equals('"\\\u0000') 'a "name"\u{1f600}'!: string;
  @ValidateNested() @Type(() => Part) part!: Part;
  @ValidateNested({ each: true }) @Type(() => Part) parts!: Part[];
}

class Explained extends Parcel {
  @IsString({ context: { code: 7 } }) why!: string;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', 'a', 'ab', 'abc', 'a'.repeat(9)),
);
const value = fc.oneof(text, fc.integer({ min: -2, max: 2 }), fc.jsonValue({ maxDepth: 2 }));
const partial = (keys: string[]) => fc.dictionary(fc.oneof(fc.constantFrom(...keys), text), value, { maxKeys: 8 });
const part = fc.oneof(partial(['name', 'count', 'word']), value);
const parcel = fc
  .tuple(
    partial(['to', 'sizes', 'kind', 'a "name"\u{1f600}', 'why']),
    part,
    fc.oneof(fc.array(part, { maxLength: 4 }), value),
  )
  .map(([rest, one, several]) => ({ ...rest, part: one, parts: several }));

/** The plan's issues for a value; none if it keeps all rules. */
function refused(plan: PayloadPlan, sent: unknown): Invalid | undefined {
  const result = plan.run(sent);
  assert.ok(!(result instanceof Promise));
  return result instanceof Invalid ? result : undefined;
}

describe('the JSON of issues', () => {
  const forbids = { validator: { forbidNonWhitelisted: true } };
  for (const [name, plan, numRuns] of [
    ['a class', planPayload(Parcel), 1_500],
    ['a class that forbids other keys', planPayload(Parcel, forbids), 1_500],
    ['a class of the libraries', planPayload(Parcel, { validator: { enableDebugMessages: true } }), 300],
  ] as const) {
    it(`is what JSON.stringify makes of those of ${name}`, () => {
      let seen = 0;
      fc.assert(
        fc.property(parcel, (sent) => {
          const invalid = refused(plan, sent);
          if (!invalid) return;
          seen += invalid.issues.length;
          assert.equal(textOfIssues(invalid.issues), JSON.stringify(invalid.issues));
          const answer = new InvalidPayloadAnswer(invalid);
          assert.equal(answer.json(), JSON.stringify(answer));
        }),
        { numRuns, seed: 20261129 },
      );
      assert.ok(seen > numRuns / 2, `only ${seen} issues were compared`);
    });
  }

  it('is left to JSON.stringify where a rule has a context, which may hold bytes or a toJSON', () => {
    const { issues } = refused(planPayload(Explained), { why: 1, part: {}, parts: [] })!;
    assert.ok(issues.some(({ context }) => context !== undefined));
    assert.equal(textOfIssues(issues), undefined);
  });

  it('is that of an empty list where there are none', () => {
    assert.equal(textOfIssues([]), '[]');
  });
});
