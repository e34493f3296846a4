import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createApp,
  Emit,
  EventError,
  Namespace,
  On,
  OnAny,
  OnError,
  OnMessage,
  SetupError,
  type EventContext,
} from '../../../src/index.js';
import { assertMistake, mistake, mistakes } from './mistakes.js';

test('an event that is handled twice in a namespace is a mistake: in one class, in two, by inheritance', async () => {
  @Namespace('/a')
  class One {
    @On('say') first() {}
    @On('say') second() {}
  }
  assertMistake(await mistake([One]), 'One.second', /event 'say' of the namespace \/a .* One\.first already/, /rename/);

  @Namespace('/a')
  class Two {
    @On() say() {}
  }
  @Namespace('/b')
  class Elsewhere {
    @On() say() {}
  }
  const problems = await mistakes([One, Two, Elsewhere]);
  assert.deepEqual(
    problems.map(({ where }) => where),
    ['One.second', 'Two.say'],
  );

  class Base {
    @On() work() {}
  }
  @Namespace('/c')
  class Child extends Base {
    @On('work') other() {}
  }
  assertMistake(await mistake([Child]), 'Child.other', /Child\.work already/, /rename/);
});

test('two catch-alls in a namespace are a mistake', async () => {
  @Namespace('/a')
  class Any {
    @OnAny one() {}
    @OnAny() two() {}
  }
  assertMistake(await mistake([Any]), 'Any.two', /Any\.one already/, /one method do both/);
});

test('a reserved event name is a mistake, with what to use instead', async () => {
  @Namespace('/a')
  class Reserved {
    @On() connect() {}
    @On() disconnect() {}
    @On() disconnecting() {}
    @On() error() {}
    @On('connect_error') refused() {}
    @On() newListener() {}
    @On() removeListener() {}
    @On('') empty() {}
    @OnMessage() fine() {}
  }
  const problems = await mistakes([Reserved]);
  assert.deepEqual(
    problems.map(({ where, fix }) => [where, fix]),
    [
      ['Reserved.connect', 'use @OnConnect.'],
      ['Reserved.disconnect', 'use @OnDisconnect.'],
      ['Reserved.disconnecting', 'use @OnDisconnect with @Rooms().'],
      ['Reserved.error', 'choose another name; @OnError handles what handlers throw.'],
      ['Reserved.refused', 'choose another name.'],
      ['Reserved.newListener', 'choose another name.'],
      ['Reserved.removeListener', 'choose another name.'],
      ['Reserved.empty', 'choose another name.'],
    ],
  );
});

test('a symbol needs a name for its event', async () => {
  const secret = Symbol('secret');
  @Namespace('/a')
  class Symbols {
    @On() [secret]() {}
  }
  assertMistake(await mistake([Symbols]), 'Symbols.Symbol(secret)', /no name/, /@On\('name'\)/);
});

test('a class without @Namespace, or what is no class, is a mistake', async () => {
  class Bare {
    @On() work() {}
  }
  @Namespace('/a')
  class Parent {
    @On() work() {}
  }
  class Child extends Parent {}
  const controllers = [Bare, Child, null, 5, {}] as never[];
  const problems = await mistakes(controllers);
  assert.deepEqual(
    problems.map(({ where, code }) => [where, code]),
    [
      ['controllers[2]', 'not_a_class'],
      ['controllers[3]', 'not_a_class'],
      ['controllers[4]', 'not_a_class'],
      ['Bare', 'no_namespace'],
      ['Child', 'no_namespace'],
    ],
  );
  for (const { what, fix } of problems.slice(3)) {
    assert.match(what, /no @Namespace/);
    assert.match(fix, /@Namespace\('\/…'\)/);
  }
});

test('a path that is none is a mistake', async () => {
  const at = (path: unknown) => {
    @Namespace(path as string)
    class Served {
      @On() work(_context: EventContext) {}
    }
    return Served;
  };
  assert.match((await mistake([at('chat')])).what, /'chat' does not begin with '\/'/);
  assert.match((await mistake([at('/:1')])).what, /':1'.* is not a name/);
  assert.match((await mistake([at('/a/:')])).what, /is not a name/);
  assert.match((await mistake([at('/a/:b-c')])).what, /is not a name/);
  assert.match((await mistake([at(5)])).what, /neither a string nor a RegExp/);
  assert.match((await mistake([at('/:id/:other/:id')])).what, /':id'.*twice/);
});

test('all mistakes of all classes come in one error, numbered', async () => {
  @Namespace('no-slash')
  class First {
    @On() connect() {}
  }
  class Second {}
  @Namespace('/c')
  class Third {
    @On() list(_list: string[]) {}
  }
  const problems = await mistakes([First, Second, Third, 'none/**/*.ts'], { limits: { depth: -1 } });
  assert.deepEqual(problems.map(({ where }) => where).toSorted(), [
    'First',
    'Second',
    'Third.list, parameter 1',
    "controllers: 'none/**/*.ts'",
    'limits.depth',
  ]);
});

test('a name that is no text is a mistake, in @On, @Emit and app.on: options in its place, a number, a symbol', async () => {
  for (const name of [{ timeout: 5 }, 7, Symbol('say'), ['say'], true, () => 'say'] as unknown as string[]) {
    @Namespace('/a')
    class Wrong {
      @On(name) say() {}
    }
    const problem = await mistake([Wrong]);
    assert.equal(problem.code, 'event_name');
    assert.match(problem.fix, /@On\('name', \{ … \}\)/);

    @Namespace('/a')
    class WrongEmission {
      @On() @Emit(name) say() {}
    }
    assertMistake(await mistake([WrongEmission]), 'WrongEmission.say', /name of the event is a value/, /@Emit\('name'/);

    const app = await createApp({ controllers: [Root], logger: false, signals: false });
    assert.throws(
      () => app.on('/a', name, () => 1),
      (error) => error instanceof SetupError && error.problems[0]?.code === 'event_name',
    );
    await app.close();
  }
});

test('a name that @Emit cannot send is a mistake, whether emissions are declared or not', async () => {
  for (const name of [
    '',
    'connect',
    'connect_error',
    'disconnect',
    'disconnecting',
    'newListener',
    'removeListener',
    'error',
  ]) {
    @Namespace('/a')
    class Emitting {
      @On() @Emit(name) say() {}
      @OnError() @Emit(name, { on: EventError }) fail() {}
    }
    const found = await mistakes([Emitting]);
    assert.deepEqual(found.map(({ where, code }) => `${where} ${code}`).toSorted(), [
      'Emitting.fail event_name',
      'Emitting.say event_name',
    ]);
    assert.match(found[0]!.what, name ? /reserved event name/ : /empty name/);
  }
  @Namespace('/a')
  class Sending {
    @On() @Emit('exception') @Emit('ping') @Emit('message') @Emit('connection') say() {}
  }
  await (await createApp({ controllers: [Sending], logger: false, signals: false })).close();
});

@Namespace('/root')
class Root {
  @On() say() {}
}
