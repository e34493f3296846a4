import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  getFromContainer,
  IsInt,
  IsString,
  Length,
  Max,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidationArguments,
} from 'class-validator';
import { Type } from 'class-transformer';
import { injectable, singleton } from 'tsyringe';
import { Namespace, On, OnConnect, Auth, Payload, Query, SetupError, type Issue } from '../../src/index.js';
import { startInMemory } from '../support/kit.js';

@singleton()
class Users {
  has(name: string): boolean {
    return name === 'ada';
  }
}

let built = 0;

/** Not decorated with @injectable(): the decorator of class-validator is enough. */
@ValidatorConstraint({ name: 'known' })
class Known {
  constructor(private readonly users: Users) {
    built++;
  }
  validate(name: unknown): boolean {
    return this.users.has(String(name));
  }
  defaultMessage({ property }: ValidationArguments): string {
    return `${property} is nobody`;
  }
}

@ValidatorConstraint({ name: 'knownLater', async: true })
@injectable()
class KnownLater {
  constructor(private readonly users: Users) {}
  async validate(name: unknown): Promise<boolean> {
    return Promise.resolve(this.users.has(String(name)));
  }
}

class Person {
  @Validate(Known) name!: string;
}
class Mail {
  @ValidateNested() @Type(() => Person) to!: Person;
  @Validate(KnownLater) from!: string;
}
class Said {
  @Validate(Known) name!: string;
}

@Namespace('/mail')
class Post {
  @On() send(_mail: Mail): string {
    return 'sent';
  }
  @On('slow') slow(@Payload({ transform: { enableCircularCheck: true } }) _mail: Mail): string {
    return 'sent';
  }
}

type Answer = { error?: { code: string; issues?: Issue[] } };

const issuesOf = (answer: unknown): string[] =>
  ((answer as Answer).error?.issues ?? []).map(({ path, rule, message }) => `${path} ${rule} ${message}`);

test('a constraint gets its services from the container of its application, in every engine', async (t) => {
  const { app, connect } = await startInMemory(t, [Post], { emits: { said: Said } });
  const modes = app.table.flatMap(({ payloads }) => payloads.map(({ mode }) => mode));
  assert.deepEqual([...new Set(modes)].toSorted(), ['compiled', 'library']);
  const socket = await connect('/mail');
  for (const event of ['send', 'slow']) {
    assert.equal(await socket.emitWithAck(event, { to: { name: 'ada' }, from: 'ada' }), 'sent');
    assert.deepEqual(issuesOf(await socket.emitWithAck(event, { to: { name: 'eve' }, from: 'ada' })), [
      'to.name known name is nobody',
    ]);
    assert.deepEqual(issuesOf(await socket.emitWithAck(event, { to: { name: 'ada' }, from: 'eve' })), [
      'from knownLater ',
    ]);
  }
  const before = built;
  await socket.emitWithAck('send', { to: { name: 'ada' }, from: 'ada' });
  assert.equal(built, before, 'one instance for the application');
  app.io.of('/mail').emit('said', { name: 'ada' });
  assert.throws(() => app.io.of('/mail').emit('said', { name: 'eve' }));
});

test('two applications of one process have constraints of their own, and a test overrides their services', async (t) => {
  const everybody = { has: () => true };
  const one = await startInMemory(t, [Post]);
  const other = await startInMemory(t, [Post], { overrides: [{ token: Users, useValue: everybody }] } as object);
  const mail = { to: { name: 'eve' }, from: 'eve' };
  assert.equal(issuesOf(await (await one.connect('/mail')).emitWithAck('send', mail)).length, 2);
  assert.equal(await (await other.connect('/mail')).emitWithAck('send', mail), 'sent');
});

test("class-validator's own container is left as it is", async (t) => {
  class Probe {}
  const probe = getFromContainer(Probe);
  await startInMemory(t, [Post]);
  assert.equal(getFromContainer(Probe), probe);
});

@ValidatorConstraint({ name: 'broken' })
class Broken {
  constructor(readonly users: Users) {
    throw new Error('no database');
  }
  validate(): boolean {
    return true;
  }
}
@ValidatorConstraint({ name: 'brokenAlone' })
class BrokenAlone {
  constructor() {
    throw new Error('no file');
  }
  validate(): boolean {
    return true;
  }
}
class Unknown {
  constructor(readonly url: string) {}
}
@ValidatorConstraint({ name: 'unwired' })
class Unwired {
  constructor(readonly service: Unknown) {}
  validate(): boolean {
    return true;
  }
}

test('a constraint that cannot be built is a mistake at boot, with the reason', async (t) => {
  for (const [type, reason] of [
    [Broken, /Broken.*no database/s],
    [BrokenAlone, /BrokenAlone.*no file/s],
    [Unwired, /Unwired.*Unknown/s],
  ] as const) {
    class Dto {
      @Validate(type) name!: string;
    }
    @Namespace('/x')
    class Controller {
      @On() run(@Payload({ type: Dto }) _dto: Dto): void {}
    }
    await assert.rejects(startInMemory(t, [Controller]), (error: unknown) => {
      assert.ok(error instanceof SetupError);
      assert.deepEqual(
        error.problems.map(({ code, where }) => [code, where]),
        [['unbuildable', type.name]],
      );
      assert.match(error.message, reason);
      return true;
    });
  }
});

class Line {
  @IsString({ context: { key: 'text.kind' } }) @Length(1, 5, { context: { key: 'text.length', max: 5 } }) text!: string;
  @IsInt() n!: number;
}
class Page {
  @Max(9, { context: { key: 'page.max' } }) page!: number;
}
class Login {
  @IsString({ context: { key: 'token' } }) token!: string;
}

@Namespace('/i18n')
class Translated {
  @OnConnect enter(@Auth() _login: Login): void {}
  @On() say(_line: Line, @Payload({ optional: true }) _n?: number): void {}
  @On() page(@Query() _page: Page): void {}
  @On() plain(@Payload({ message: ({ message }) => message }) _line: Line): void {}
  @On() numbers(_n: number): void {}
}

test("class-validator's context reaches issues", async (t) => {
  const { connect } = await startInMemory(t, [Translated]);
  const socket = await connect('/i18n', { auth: { token: 'x' } });
  const { error } = (await socket.emitWithAck('say', { text: 'too long', n: 'x' })) as Required<Answer>;
  assert.deepEqual(error.issues, [
    {
      path: '0.text',
      rule: 'isLength',
      message: 'text must be shorter than or equal to 5 characters',
      context: { key: 'text.length', max: 5 },
    },
    { path: '0.n', rule: 'isInt', message: 'n must be an integer number' },
  ]);
});

test('payload.message words each issue for the client that reads it', async (t) => {
  const words: Record<string, Record<string, string>> = {
    de: { 'text.length': 'Der Text ist zu lang.', token: 'Der Ausweis fehlt.', 'page.max': 'Die Seite gibt es nicht.' },
  };
  const { connect, refusal } = await startInMemory(t, [Translated], {
    payload: {
      message: ({ context, message, rule }, { socket }) => {
        if (rule === 'isNumber') return `${rule} in ${String(socket.handshake.query['lang'])}`;
        return words[socket.handshake.query['lang'] as string]?.[(context as { key?: string })?.key ?? ''] ?? message;
      },
    },
  });
  const german = await connect('/i18n', { query: { lang: 'de', page: '10' }, auth: { token: 'x' } });
  const english = await connect('/i18n', { query: { lang: 'en' }, auth: { token: 'x' } });
  const line = { text: 'too long', n: 1 };
  assert.deepEqual(issuesOf(await german.emitWithAck('say', line)), ['0.text isLength Der Text ist zu lang.']);
  assert.match(issuesOf(await english.emitWithAck('say', line))[0]!, /shorter/);
  assert.match(issuesOf(await german.emitWithAck('plain', line))[0]!, /shorter/);
  assert.deepEqual(issuesOf(await german.emitWithAck('page')), ['page max Die Seite gibt es nicht.']);
  assert.deepEqual(issuesOf(await german.emitWithAck('numbers', 'x')), [' isNumber isNumber in de']);
  const { data } = await refusal('/i18n', { query: { lang: 'de' }, auth: {} });
  assert.deepEqual(issuesOf({ error: data }), ['token isString Der Ausweis fehlt.']);
});

test('what payload.message throws stays inside: the client reads the message as it was, the log has the error', async (t) => {
  for (const message of [
    () => {
      throw new Error('no dictionary');
    },
    () => undefined as never,
    () => Promise.resolve('x') as never,
  ]) {
    const { app, connect, log } = await startInMemory(t, [Translated], { payload: { message } });
    const socket = await connect('/i18n', { auth: { token: 'x' } });
    for (let count = 0; count < 2; count++) {
      const answer = await socket.emitWithAck('say', { text: 'too long', n: 1 });
      assert.deepEqual(issuesOf(answer), ['0.text isLength text must be shorter than or equal to 5 characters']);
    }
    assert.equal(
      log.lines.filter(({ facts }) =>
        String((facts['err'] ?? facts['error']) as Error).includes('payload.message failed'),
      ).length,
      1,
    );
    assert.equal(app.health().counts['unreadable'], 2);
  }
});
