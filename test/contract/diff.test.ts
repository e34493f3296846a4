import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/index.js';
import { diffContracts, formatChanges } from '../../src/contract/index.js';
import { sampleContract } from './sample.js';

/* oxlint-disable typescript/no-explicit-any, typescript/no-unsafe-return, typescript/no-unsafe-member-access -- the edits below change plain data as anybody may */
type Edit = (contract: any) => unknown;

const chat = (contract: any): any => contract.namespaces[0];
const event = (contract: any, name = 'say'): any => chat(contract).events.find((each: any) => each.name === name);
const say = (contract: any): any => contract.schemas.Say;
const line = (contract: any): any => contract.schemas.Line;

/** One kind of change: what is edited, what it is called, whether it breaks; then the edit the other way round. */
const table: readonly [title: string, edit: Edit, kinds: string, back: string][] = [
  ['an event is removed', (c) => chat(c).events.splice(2, 1), 'event_removed!', 'event_added'],
  ['a namespace is removed', (c) => c.namespaces.pop(), 'namespace_removed!', 'namespace_added'],
  ['an optional argument is removed', (c) => event(c).arguments.pop(), 'argument_removed!', 'argument_added'],
  [
    'a required argument is removed',
    (c) => event(c).arguments.splice(0),
    'argument_removed! argument_removed!',
    'argument_added argument_added!',
  ],
  [
    'an argument becomes required',
    (c) => Object.assign(event(c).arguments[1], { optional: false, schema: { type: 'number' } }),
    'became_required!',
    'became_optional',
  ],
  ['an argument becomes an array', (c) => (event(c).arguments[0].each = true), 'each_changed!', 'each_changed!'],
  ['a key of a payload becomes required', (c) => say(c).required.push('note'), 'required_added!', 'required_removed'],
  [
    'a payload has a new required key',
    (c) => {
      say(c).properties.more = { type: 'string' };
      say(c).required.push('more');
    },
    'property_added!',
    'property_removed',
  ],
  [
    'a payload has a new optional key',
    (c) => {
      say(c).properties.more = { type: 'string' };
    },
    'property_added',
    'property_removed',
  ],
  [
    'a longest length gets shorter',
    (c) => (say(c).properties.room.anyOf[0].maxLength = 10),
    'bound_narrowed!',
    'bound_widened',
  ],
  [
    'a least number gets greater',
    (c) => (say(c).properties.marks.items.minimum = 2),
    'bound_narrowed!',
    'bound_widened',
  ],
  [
    'a type is another',
    (c) => (say(c).properties.room.type = 'number'),
    'type_narrowed! type_widened',
    'type_narrowed! type_widened',
  ],
  [
    'a number must be an integer',
    (c) => (say(c).properties.marks.items.type = 'number'),
    'type_widened',
    'type_narrowed!',
  ],
  ['an enumeration loses a value', (c) => say(c).properties.priority.enum.pop(), 'values_removed!', 'values_added'],
  ['a pattern is another', (c) => (say(c).properties.note.pattern = '^x$'), 'pattern_changed!', 'pattern_changed!'],
  [
    'a rule that no schema says is added',
    (c) => (say(c).properties.note['x-rules'] = ['isEmail']),
    'rule_added!',
    'rule_removed',
  ],
  [
    'an answer loses a key',
    (c) => {
      delete line(c).properties.at;
    },
    'property_removed! property_removed! property_removed!',
    'property_added property_added property_added',
  ],
  [
    'an answer may lack a key',
    (c) => (line(c).required = []),
    'required_removed! required_removed! required_removed!',
    'required_added required_added required_added',
  ],
  [
    'an answer has another value less',
    (c) => event(c, 'count').answer.values.pop(),
    'answer_value_removed!',
    'answer_value_added',
  ],
  [
    'an answer is not declared any more',
    (c) => {
      delete event(c).answer;
    },
    'answer_undeclared!',
    'answer_declared',
  ],
  ['an event has a new error code', (c) => event(c).errors.push('banned'), 'code_added!', 'code_removed'],
  ['an emission is removed', (c) => c.emits.pop(), 'emission_removed!', 'emission_added'],
  [
    'an emission loses an argument',
    (c) => c.emits[1].arguments.pop(),
    'emission_argument_removed!',
    'emission_argument_added',
  ],
  ['a connection needs no auth any more', (c) => chat(c).handshake.pop(), 'handshake_removed', 'handshake_added!'],
  ['a connection needs a session', (c) => (chat(c).session = true), 'session_required!', ''],
  ['a time limit is lower', (c) => (event(c).limits.timeout = 1), 'timeout_lowered', ''],
  ['an event is deprecated', (c) => (event(c, 'count').deprecated = true), 'deprecated', ''],
  ['a summary is another', (c) => (event(c).summary = 'Another.'), '', ''],
];

function kindsOf(before: Contract, after: Contract): string {
  return diffContracts(before, after)
    .map(({ kind, breaking }) => `${kind}${breaking ? '!' : ''}`)
    .toSorted()
    .join(' ');
}

for (const [title, edit, kinds, back] of table) {
  test(`${title}: the change is found, in both directions`, async () => {
    const before = await sampleContract();
    const after = structuredClone(before);
    edit(after);
    assert.equal(kindsOf(before, after), kinds);
    assert.equal(kindsOf(after, before), back);
  });
}

test('the same contract has no change', async () => {
  const contract = await sampleContract();
  assert.deepEqual(diffContracts(contract, structuredClone(contract)), []);
  assert.equal(formatChanges([]), 'The contract is the same.');
});

test('changes are written as text, JSON and Markdown, those that break first', async () => {
  const before = await sampleContract();
  const after = structuredClone(before) as any;
  after.emits.push({ name: 'a|b', arguments: [], acknowledged: false });
  chat(after).events.pop();
  const changes = diffContracts(before, after as Contract);
  assert.match(formatChanges(changes), /^breaks {2}\/chat named: .*\nsafe {4}a\|b: /);
  assert.match(formatChanges(changes, 'markdown'), /\| \*\*breaks\*\* \| \/chat named \|[^\n]*\n\| safe \| a\\\|b \|/);
  const parsed = JSON.parse(formatChanges(changes, 'json')) as { breaking: boolean; changes: unknown[] };
  assert.deepEqual([parsed.breaking, parsed.changes.length], [true, 2]);
});
