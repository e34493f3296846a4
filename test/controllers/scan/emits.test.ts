import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'class-transformer';
import { IsString, registerDecorator, ValidateNested } from 'class-validator';
import { Emit, Namespace, On } from '../../../src/index.js';
import { assertMistake, mistake, mistakes } from './mistakes.js';

class Said {
  @IsString() text!: string;
}

/** A rule that says that it answers later. */
function IsFree(groups?: string[]): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isFree',
      async: true,
      target: target.constructor,
      propertyName: propertyName as string,
      options: groups ? { groups } : {},
      validator: { validate: () => Promise.resolve(true) },
    });
}

test('a reserved name among the events that may be sent is a mistake, and so is exception', async () => {
  const names = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener', 'error'];
  const emits = Object.fromEntries([...names, 'exception', '', 'fine'].map((name) => [name, Said]));
  const problems = await mistakes([], { emits });
  assert.deepEqual(
    problems.map(({ where }) => where),
    [...names, 'exception', ''].map((name) => `emits['${name}']`),
  );
  assert.match(problems[0]!.what, /reserved event name/);
  assert.match(problems[7]!.what, /the framework itself tells clients/);
});

test('an argument of an emission that is no class, never comes over the wire, or has no rules is a mistake', async () => {
  class Empty {}
  const emits = { a: undefined, b: [Said, Date], c: { each: Empty }, d: [Function, String], e: { each: 1 } };
  const problems = await mistakes([], { emits: emits as never });
  assert.deepEqual(
    problems.map(({ where, what }) => [where, what.split(/[,;]/)[0]]),
    [
      ["emits['a']", 'undefined is no class.'],
      ["emits['b']", 'the type is Date'],
      ["emits['c']", 'Empty: has no class-validator rule'],
      ["emits['d']", 'Function stands for the acknowledgement'],
      ["emits['e']", '1 is no class.'],
    ],
  );
  assert.match(problems[0]!.fix, /files that import each other/);
});

test('an asynchronous rule in what may be sent is a mistake that names the property, nested ones too', async () => {
  class Name {
    @IsString() @IsFree() name!: string;
  }
  class User {
    @ValidateNested() @Type(() => Name) name!: Name;
    @IsFree(['create']) email!: string;
  }
  const [first, second, ...rest] = await mistakes([], { emits: { joined: User } });
  assertMistake(first!, "emits['joined']", /^User\.email: has an asynchronous rule/, /without that rule/);
  assertMistake(second!, "emits['joined']", /^Name\.name: has an asynchronous rule/, /check before/);
  assert.deepEqual(rest, []);
  const selected = await mistake([], { emits: { joined: User }, payload: { validator: { groups: ['create'] } } });
  assert.match(selected.what, /^User\.email/, 'a rule that is not asked for is none');
});

test('@Emit of an event that may not be sent is a mistake, told with all others at once', async () => {
  @Namespace('/a')
  @Namespace('/b')
  class Chat {
    @On() @Emit('siad') @Emit('said') @Emit('exception') say() {}
    @On('connect') wrong() {}
  }
  const problems = await mistakes([Chat], { emits: { said: Said, error: Said } });
  assert.deepEqual(
    problems.map(({ where }) => where),
    ['Chat.wrong', 'Chat.wrong', "emits['error']", 'Chat.say'],
  );
  assertMistake(problems[3]!, 'Chat.say', /@Emit\('siad'\) is not declared in `emits`/, /correct the name/);
});
