/** Single checks of boot become warnings, or silent; arguments that nothing checks are listed once. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsString, ValidateNested } from 'class-validator';
import {
  Args,
  Auth,
  Cookie,
  createApp,
  Data,
  Emit,
  type EventContext,
  type FunctionOptions,
  Header,
  Namespace,
  On,
  OnAny,
  OnConnect,
  OnDisconnect,
  Payload,
  Query,
  SetupError,
  type AppOptions,
} from '../../src/index.js';
import { bootErrors, switchableChecks } from '../../src/base/boot-errors.js';
import { startInMemory } from '../support/kit.js';
import { recordingLog } from '../support/log.js';

interface Outcome {
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/** The codes of what boot refuses, or the texts of its warnings. */
async function boot(options: Record<string, unknown>): Promise<Outcome> {
  const logger = recordingLog();
  try {
    const app = await createApp({ controllers: [Fine], printTable: false, logger, ...options } as AppOptions);
    await app.close();
  } catch (error) {
    assert.ok(error instanceof SetupError, String(error));
    return { mistakes: error.problems.map(({ code }) => code), warnings: [] };
  }
  const warnings = logger.at('warn').map(({ message }) => message);
  return { mistakes: [], warnings: warnings.filter((text) => text.startsWith('Startup: ')) };
}

class Say {
  @IsString() text!: string;
}
class Bare {
  text!: string;
}
class Nested {
  @ValidateNested() say!: Say;
}
@Namespace('/fine')
class Fine {
  @On() say(_say: Say) {}
}
@Namespace('/bare')
class TakesBare {
  @On() bare(_bare: Bare) {}
}
@Namespace('/nested')
class TakesNested {
  @On() nested(_nested: Nested) {}
}
@Namespace('/list')
class TakesList {
  @On() list(_list: string[]) {}
}
@Namespace('/connection')
class Connection {
  @On('connection') enter() {}
}
@Namespace('/stray')
class Stray {
  @On() work() {}
  forgotten(@Payload() _say: Say) {}
}
@Namespace('/idle')
class Idle {
  say() {}
}
@Namespace('/empty')
class Empty {}
class NoNamespace {
  @On() work() {}
}
class A {
  a = 1;
}
class B {
  b = 1;
}
@Namespace('/data')
class TwoData {
  @On() a(@Data() _a: A) {}
  @On() b(@Data() _b: B) {}
}
@Namespace('/emitting')
class Emitting {
  @On() @Emit('other') work() {}
}

/** A program for checks that can be switched, each with its code. */
const programs: Record<string, Record<string, unknown>> = {
  no_rules: { controllers: [TakesBare] },
  nested_type: { controllers: [TakesNested] },
  array_type: { controllers: [TakesList] },
  connection_event: { controllers: [Connection] },
  method_without_handler: { controllers: [Stray] },
  no_handlers: { controllers: [Idle] },
  empty_controller: { controllers: [Empty] },
  no_namespace: { controllers: [Fine, NoNamespace] },
  data_class: { controllers: [TwoData] },
  emit_undeclared: { controllers: [Emitting], emits: { said: Say } },
  empty_glob: { controllers: [Fine, 'nowhere/*.js'] },
  static_folder: { static: 'no-such-folder' },
  unknown_option: { ofTomorrow: true },
};

describe('a check of boot', () => {
  for (const [code, program] of Object.entries(programs)) {
    it(`is a mistake, a warning, or nothing, as \`checks\` says: ${code}`, async () => {
      const before = switchableChecks[code as keyof typeof switchableChecks];
      const given = await boot(program);
      assert.deepEqual(given.mistakes, before === 'refuse' ? [code] : []);
      assert.equal(given.warnings.length, before === 'warn' ? 1 : 0);
      assert.deepEqual((await boot({ ...program, checks: { [code]: 'refuse' } })).mistakes, [code]);
      const warned = await boot({ ...program, checks: { [code]: 'warn' } });
      assert.deepEqual(warned.mistakes, []);
      assert.equal(warned.warnings.length, 1);
      assert.match(warned.warnings[0]!, new RegExp(`1 warning[^]*\\[${code}\\]\n     Fix: `));
      assert.deepEqual(await boot({ ...program, checks: { [code]: 'off' } }), { mistakes: [], warnings: [] });
    });
  }

  it('that is switched leaves the others as they are, and all warnings are one line', async () => {
    const controllers = [TakesBare, TakesNested, Connection, Idle];
    const { warnings } = await boot({
      controllers,
      checks: { no_rules: 'warn', nested_type: 'warn', connection_event: 'warn', no_handlers: 'warn' },
    });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /4 warnings/);
    const { mistakes } = await boot({ controllers, checks: { no_rules: 'warn', nested_type: 'off' } });
    assert.deepEqual(mistakes.toSorted(), ['connection_event', 'no_handlers']);
  });

  it('that is switched off lets the program work', async (t) => {
    @Namespace('/list')
    class List {
      @On() list(list: string[]) {
        return list.length;
      }
    }
    const { connect } = await startInMemory(t, [List], { checks: { array_type: 'off' } });
    const client = await connect('/list');
    assert.equal(await client.emitWithAck('list', ['a']), 1);
    assert.equal(((await client.emitWithAck('list', 'a')) as { error: { code: string } }).error.code, 'invalid');
  });

  it('that only warns leaves what is sent under its rules', async () => {
    const options = { emits: { bare: Bare }, checks: { no_rules: 'warn' } } as const;
    const app = await createApp({ controllers: [Fine], logger: false, ...options });
    assert.throws(() => app.io.of('/fine').emit('bare', { text: 'a' } as never), /was not sent/);
    await app.close();
  });

  for (const [code, meant] of [
    ['no_rule', 'no_rules'],
    ['emptyglob', 'empty_glob'],
    ['nothing_like_it_at_all', undefined],
  ] as const) {
    it(`that does not exist is a mistake: ${code}`, async () => {
      const error = await createApp({ controllers: [Fine], checks: { [code]: 'warn' } as never, logger: false }).catch(
        (thrown: SetupError) => thrown,
      );
      const [problem] = (error as SetupError).problems;
      assert.deepEqual([problem!.code, problem!.where], ['unknown_option', `checks.${code}`]);
      assert.match(problem!.fix, meant ? new RegExp(`did you mean \`checks\\.${meant}\``) : /docs\/boot-errors\.md/);
    });
  }

  it('without which the application cannot work cannot be switched, and the mistake says so', async () => {
    const fixed = Object.keys(bootErrors).filter((code) => !(code in switchableChecks));
    assert.ok(fixed.length > 20);
    for (const code of [...fixed, 'unvalidated']) {
      assert.deepEqual((await boot({ checks: { [code]: 'warn' } })).mistakes, ['fixed_check'], code);
    }
  });

  it('has the levels refuse, warn and off', async () => {
    for (const level of ['no', true, 0, null]) {
      assert.deepEqual((await boot({ checks: { no_rules: level } })).mistakes, ['option_kind']);
    }
    assert.deepEqual((await boot({ checks: { no_rules: undefined } })).mistakes, []);
    assert.deepEqual((await boot({ checks: 'warn' })).mistakes, ['option_kind']);
  });
});

interface Shape {
  readonly text: string;
}
type Alias = { text: string };

@Namespace('/open')
class Open {
  @OnConnect enter(@Auth() _auth: Shape) {}
  @On() shape(_m: Shape) {}
  @On() alias(_m: Alias) {}
  @On() inline(_m: { text: string }) {}
  @On() union(_m: Say | Bare) {}
  @On() nullable(@Payload() _m: Say | null) {}
  @On() any(_n: number, _m: unknown) {}
  @On() property(@Payload('x') _x: Shape) {}
  @On() rest(..._all: unknown[]) {}
  @On() query(@Query() _query: Alias) {}
  @On() page(@Query('page') _page: unknown) {}
  @On() headers(@Header() _headers: Record<string, string>) {}
  @On() agent(@Header('user-agent') _agent: string | undefined) {}
  @On() cookies(@Cookie() _cookies: Shape) {}
  @On() args(@Args() _args: unknown[]) {}
  @OnAny else(_m: Shape, @Args() _args: unknown[]) {}
}
const open = ['enter', 'shape', 'alias', 'inline', 'union', 'nullable', 'any', 'property', 'rest'];
const decorated = ['query', 'page', 'headers', 'agent', 'cookies', 'args', 'else', 'else'];
const places = [...open, ...decorated].map(
  (method, index, all) => `Open.${method}, parameter ${method === 'any' || all[index - 1] === method ? 2 : 1}`,
);

@Namespace('/stated')
class Stated {
  @OnConnect enter(@Auth() _auth: Say) {}
  @On() dto(_m: Say) {}
  @On() anything(@Payload({ type: Object }) _m: unknown) {}
  @On() list(@Payload({ each: Object }) _m: unknown[]) {}
  @On() rest(@Payload({ each: Object }) ..._m: unknown[]) {}
  @On() says(@Payload({ each: Say }) ..._says: Say[]) {}
  @On() query(@Query({ type: Object }) _query: Alias, @Query('page') _page: number) {}
  @On() headers(@Header({ type: Object }) _headers: Record<string, string>, @Header('x') _x: string) {}
  @On() text(_m: string) {}
  @OnDisconnect leave(_reason: unknown) {}
}

describe('an argument that nothing checks', () => {
  it('is told of once, all of them together, with the remedy', async () => {
    const { warnings } = await boot({ controllers: [Open, Stated] });
    assert.equal(warnings.length, 1);
    for (const place of places) assert.ok(warnings[0]!.includes(place), place);
    assert.ok(!warnings[0]!.includes('Stated'));
    assert.match(warnings[0]!, /@Payload\({ type: Dto }\)/);
    assert.match(warnings[0]!, /@Query\({ type: Dto }\)/);
    assert.match(warnings[0]!, /@Header\('user-agent', { type: String }\), with `optional: true`/);
  });

  it('is a mistake where the option says so, each at its place', async () => {
    const error = await createApp({ controllers: [Open, Stated], unvalidated: 'refuse', logger: false }).catch(
      (thrown: SetupError) => thrown,
    );
    const { problems } = error as SetupError;
    assert.deepEqual(problems.map(({ where }) => where).toSorted(), places.toSorted());
    assert.deepEqual([...new Set(problems.map(({ code }) => code))], ['unvalidated']);
  });

  it('is not told of where the option says so', async () => {
    assert.deepEqual(await boot({ controllers: [Open], unvalidated: 'allow' }), { mistakes: [], warnings: [] });
    for (const word of ['ignore', true, null])
      assert.deepEqual((await boot({ controllers: [Open], unvalidated: word })).mistakes, ['option_kind']);
  });

  it('is called `unvalidated` in the table, whether it was stated or not', async () => {
    const app = await createApp({ controllers: [Open, Stated], logger: false });
    await app.close();
    const cells = app.table.map(({ handler, arguments: given }) => [handler, given.join(', ')]);
    assert.deepEqual(Object.fromEntries(cells), {
      'Open.enter': '@Auth unvalidated',
      'Open.shape': 'unvalidated',
      'Open.alias': 'unvalidated',
      'Open.inline': 'unvalidated',
      'Open.union': 'unvalidated',
      'Open.nullable': 'unvalidated',
      'Open.any': 'number, unvalidated',
      'Open.property': "@Payload('x') unvalidated",
      'Open.rest': '...unvalidated[]',
      'Open.query': '@Query unvalidated',
      'Open.page': "@Query('page') unvalidated",
      'Open.headers': '@Header unvalidated',
      'Open.agent': "@Header('user-agent') unvalidated",
      'Open.cookies': '@Cookie unvalidated',
      'Open.args': '@Args unvalidated[]',
      'Open.else': 'unvalidated, @Args unvalidated[]',
      'Stated.enter': '@Auth Say',
      'Stated.dto': 'Say',
      'Stated.anything': 'unvalidated',
      'Stated.list': 'unvalidated[]',
      'Stated.rest': '...unvalidated[]',
      'Stated.says': '...Say[]',
      'Stated.query': "@Query unvalidated, @Query('page') number",
      'Stated.headers': "@Header unvalidated, @Header('x') string",
      'Stated.text': 'string',
      'Stated.leave': 'unknown',
    });
  });

  const says = { payload: [Say] };
  const added: Readonly<Record<string, readonly [never, FunctionOptions | undefined, isOpen: boolean]>> = {
    'takes an argument': [((_context: EventContext, value: unknown) => value) as never, undefined, true],
    'takes several': [function several(_context: EventContext, _a: unknown, _b: unknown) {} as never, undefined, true],
    'takes one with a default': [((_context: EventContext, value = 1) => value) as never, undefined, true],
    'takes the rest': [((_context: EventContext, ...all: unknown[]) => all) as never, undefined, true],
    'takes everything': [(async (...all: unknown[]) => all) as never, undefined, true],
    'takes parts of the context, and an argument': [
      (({ socket, args: [first] }: EventContext, value = { a: 1 }) => [socket.id, first, value]) as never,
      { payload: undefined as never },
      true,
    ],
    'takes nothing': [(() => 1) as never, undefined, false],
    'takes the context': [((context: EventContext) => [context.event, 1]) as never, undefined, false],
    'takes parts of the context': [
      (async ({ socket, args }: EventContext) => [socket, args]) as never,
      undefined,
      false,
    ],
    'names the class': [((_context: EventContext, say: Say) => say) as never, says, false],
    'accepts anything': [((_context: EventContext, value: unknown) => value) as never, { payload: [Object] }, false],
    'is told to take none': [((_context: EventContext, value: unknown) => value) as never, { payload: [] }, false],
  };
  for (const [how, [handler, options, isOpen]] of Object.entries(added)) {
    it(`of a function that ${how} is ${isOpen ? 'told of' : 'nothing'} when the function is added`, async () => {
      const logger = recordingLog();
      const app = await createApp({ controllers: [Fine], logger, printTable: false });
      app.on('/fine', 'open', handler, options);
      assert.equal(logger.at('warn').length, isOpen ? 1 : 0);
      await app.close();
      const strict = await createApp({ controllers: [Fine], logger: false, unvalidated: 'refuse' });
      const add = (): unknown => strict.on('/fine', 'open', handler, options);
      if (isOpen) assert.throws(add, /without `payload`/);
      else add();
      await strict.close();
    });
  }
});

describe('a rest parameter', () => {
  @Namespace('/rest')
  class Rest {
    @On() texts(...texts: string[]) {
      return texts.length;
    }
    @On() says(@Payload({ each: Say }) ...says: Say[]) {
      return says.every((say) => say instanceof Say) && says.length;
    }
    @On() after(first: number, ...says: Say[]) {
      return first + says.length;
    }
    @On() all(...values: unknown[]) {
      return values.length;
    }
  }
  const path = (answer: unknown): unknown => {
    const { error } = Object(answer) as { error?: { issues: { path: string }[] } };
    return error ? error.issues.map((issue) => issue.path) : answer;
  };
  for (const [event, args, expected] of [
    ['texts', ['a', 'b'], 2],
    ['texts', [], 0],
    ['texts', ['a', 5], ['1']],
    ['says', [{ text: 'a' }, { text: 'b' }], 2],
    ['says', [{ text: 'a' }, {}], ['1.text']],
    ['says', [], 0],
    ['after', [1, { text: 'a' }], 2],
    ['after', [1, { text: 5 }], ['1.text']],
    ['after', [1, { text: 'a' }, 7], ['2']],
    ['all', [1, 'a', null], 3],
  ] as const) {
    it(`checks each of its arguments: ${event}(${JSON.stringify(args)})`, async (t) => {
      const { connect } = await startInMemory(t, [Rest], { unvalidated: 'allow' });
      const client = await connect('/rest');
      assert.deepEqual(path(await client.emitWithAck(event, ...args)), expected);
    });
  }
});
