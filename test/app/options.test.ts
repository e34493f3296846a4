/** An option that would be ignored is a mistake at boot, with the name that was probably meant. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { IsString } from 'class-validator';
import {
  Auth,
  createApp,
  Emit,
  Namespace,
  On,
  OnConnect,
  Payload,
  SocketId,
  type AppOptions,
  type SetupError,
  type SetupProblem,
} from '../../src/index.js';
import { startInMemory } from '../support/kit.js';

@Namespace('/')
class Root {
  @On() echo(value: unknown) {
    return value;
  }
}

async function problems(options: object): Promise<readonly SetupProblem[]> {
  try {
    await (await createApp({ controllers: [Root], logger: false, ...options } as AppOptions)).close();
  } catch (error) {
    return (error as SetupError).problems;
  }
  return [];
}

describe('an option', () => {
  for (const [name, meant] of [
    ['contollers', 'controllers'],
    ['timeot', undefined],
    ['pingIntervall', 'pingInterval'],
    ['Cors', 'cors'],
    ['limit', 'limits'],
    ['statics', 'static'],
    ['adaptor', 'adapter'],
    ['completelyElse', undefined],
  ] as const) {
    it(`that does not exist is a mistake: ${name}`, async () => {
      const [problem, ...more] = await problems({ [name]: {} });
      assert.deepEqual(more, []);
      assert.deepEqual([problem!.code, problem!.where], ['unknown_option', name]);
      if (meant) assert.match(problem!.fix, new RegExp(`did you mean \`${meant}\``));
    });
  }

  for (const [name, value] of [
    ['use', () => {}],
    ['http', { listen() {} }],
    ['http', 'x'],
    ['controllers', Root],
    ['services', Root],
    ['hosts', 'example.com'],
    ['onError', {}],
    ['payload', []],
    ['limits', 5],
    ['signals', 'no'],
    ['printTable', 0],
    ['logger', 'info'],
    ['logger', {}],
    ['logger', true],
    ['watchdog', 'on'],
    ['cwd', 5],
    ['container', {}],
    ['static', 5],
    ['pingInterval', '5s'],
    ['pingInterval', Number.NaN],
    ['pingTimeout', -1],
    ['connectTimeout', Infinity],
    ['upgradeTimeout', null],
    ['maxHttpBufferSize', '1mb'],
    ['transports', 'websocket'],
    ['transports', ['websockets']],
    ['transports', []],
    ['cors', 'https://example.com'],
    ['cors', true],
    ['path', 5],
    ['cookie', 'io'],
    ['serveClient', 'no'],
    ['allowEIO3', 1],
    ['allowRequest', true],
    ['perMessageDeflate', 'on'],
    ['connectionStateRecovery', true],
    ['payload.shape', { payload: { shape: 'strict' } }],
    ['payload.message', { payload: { message: 'text' } }],
    ['payload.validator', { payload: { validator: true } }],
    ['payload.transform', { payload: { transform: [] } }],
  ] as const) {
    it(`of the wrong kind is a mistake: ${name}: ${typeof value}`, async () => {
      const found = await problems(name.includes('.') ? (value as object) : { [name]: value }).catch(
        (error: unknown) => [error as SetupProblem],
      );
      assert.ok(
        found.some(({ code, where }) => code === 'option_kind' && where === name),
        JSON.stringify(found),
      );
    });
  }

  for (const [value, said] of [
    [-1, 'received -1, expected milliseconds from 0 to 2147483647.'],
    [Infinity, 'received Infinity, expected milliseconds from 0 to 2147483647.'],
    [null, 'received null, expected milliseconds from 0 to 2147483647.'],
    ['5s', 'received a string, expected milliseconds from 0 to 2147483647.'],
    [[], 'received an empty list, expected milliseconds from 0 to 2147483647.'],
  ] as const) {
    it(`is told with what was given: ${inspect(value)}`, async () => {
      const [problem] = await problems({ pingInterval: value } as object);
      assert.equal(problem!.what, said);
    });
  }

  it('is told with the bounds of bytes too', async () => {
    const [problem] = await problems({ maxHttpBufferSize: -1 });
    assert.equal(problem!.what, 'received -1, expected bytes, 0 or more.');
  });

  it('of an option is looked at too', async () => {
    const [problem] = await problems({ payload: { validate: {} } });
    assert.deepEqual([problem!.code, problem!.where], ['unknown_option', 'payload.validate']);
    assert.match(problem!.fix, /payload\.validator/);
  });

  for (const [payload, where, meant] of [
    [{ validator: { whitelst: true } }, 'payload.validator.whitelst', 'payload.validator.whitelist'],
    [{ validator: { stopAtFirst: true } }, 'payload.validator.stopAtFirst', undefined],
    [
      { transform: { enableImplicitConverson: true } },
      'payload.transform.enableImplicitConverson',
      'enableImplicitConversion',
    ],
    [{ transform: { whitelist: true } }, 'payload.transform.whitelist', undefined],
    [{ shapes: 'library' }, 'payload.shapes', 'payload.shape'],
  ] as const) {
    it(`of the libraries is looked at too: ${where}`, async () => {
      const [problem, ...more] = await problems({ payload });
      assert.deepEqual(more, []);
      assert.deepEqual([problem!.code, problem!.where], ['unknown_option', where]);
      if (meant) assert.match(problem!.fix, new RegExp(`did you mean \`.*${meant}\``));
    });
  }

  class Dto {
    @IsString() text!: string;
  }
  const decorated: Readonly<Record<string, readonly [type: new () => object, where: string, what: RegExp]>> = {
    '@On': [
      (() => {
        @Namespace('/a')
        class A {
          @On('say', { timeot: 5 } as never) say() {}
        }
        return A;
      })(),
      'A.say',
      /@On has no option `timeot`/,
    ],
    '@Emit': [
      (() => {
        @Namespace('/a')
        class A {
          @On() @Emit('said', { too: 'room' } as never) say() {}
        }
        return A;
      })(),
      'A.say',
      /@Emit has no option `too`/,
    ],
    '@Namespace': [
      (() => {
        @Namespace('/a', { scop: 'event' } as never)
        class A {
          @On() say() {}
        }
        return A;
      })(),
      'A',
      /@Namespace has no option `scop`/,
    ],
    'the payload of @Namespace': [
      (() => {
        @Namespace('/a', { payload: { validators: {} } } as never)
        class A {
          @On() say() {}
        }
        return A;
      })(),
      'A',
      /`payload` of @Namespace has no option `validators`/,
    ],
    '@Payload': [
      (() => {
        @Namespace('/a')
        class A {
          @On() say(@Payload({ optinal: true } as never) _dto: Dto) {}
        }
        return A;
      })(),
      'A.say, parameter 1',
      /@Payload has no option `optinal`/,
    ],
    'the validator of @Payload': [
      (() => {
        @Namespace('/a')
        class A {
          @On() say(_n: number, @Payload({ validator: { gruops: ['a'] } } as never) _dto: Dto) {}
        }
        return A;
      })(),
      'A.say, parameter 2',
      /`validator` of @Payload has no option `gruops`/,
    ],
    '@Auth': [
      (() => {
        @Namespace('/a')
        class A {
          @OnConnect enter(@Auth({ typ: Dto } as never) _dto: Dto) {}
        }
        return A;
      })(),
      'A.enter, parameter 1',
      /@Auth has no option `typ`/,
    ],
  };
  for (const [what, [type, where, expected]] of Object.entries(decorated)) {
    it(`of ${what} that does not exist is a mistake`, async () => {
      const [problem, ...more] = await problems({ controllers: [type] });
      assert.deepEqual(more, []);
      assert.deepEqual([problem!.code, problem!.where], ['unknown_option', where]);
      assert.match(problem!.what, expected);
    });
  }

  const wrong: readonly (readonly [of: string, options: object, said: RegExp])[] = [
    ...[-5, '5s', Number.NaN, null].map((timeout) => ['On', { timeout }, /`timeout` of @On is /] as const),
    ...['room_full', [1], {}].map((throws) => ['On', { throws }, /`throws` of @On is /] as const),
    ['On', { summary: 5 }, /`summary` of @On is 5/],
    ['On', { deprecated: 1 }, /`deprecated` of @On is 1/],
    ...['everybody', { room: '' }, { rooms: 'a' }, 5].map((to) => ['Emit', { to }, /`to` of @Emit is /] as const),
    ['Emit', { skipEmpty: 'yes' }, /`skipEmpty` of @Emit is 'yes'/],
    ...['request', true].map((scope) => ['Namespace', { scope }, /`scope` of @Namespace is /] as const),
    ['Namespace', { payload: [] }, /`payload` of @Namespace is \[\]/],
    ['Payload', { optional: 'yes' }, /`optional` of @Payload is 'yes'/],
    ['Payload', { validator: 'strict' }, /`validator` of @Payload is 'strict'/],
  ];
  for (const [of, options, said] of wrong) {
    it(`of @${of} that has the wrong kind is a mistake: ${inspect(options)}`, async () => {
      const given = (decorator: string): never => (of === decorator ? options : {}) as never;
      @Namespace('/a', given('Namespace'))
      class A {
        @On('say', given('On'))
        @Emit('said', given('Emit'))
        say(@Payload(given('Payload')) _dto: Dto) {}
      }
      const found = await problems({ controllers: [A] });
      assert.deepEqual(
        found.map(({ code }) => code),
        ['option_kind'],
      );
      assert.match(found[0]!.what, said);
      assert.match(found[0]!.fix, /^give /);
    });
  }

  it('static: a file is no folder', async () => {
    const [problem] = await problems({ static: 'package.json' });
    assert.equal(problem!.code, 'static_folder');
    assert.match(problem!.what, /package\.json is no folder/);
  });

  it('of app.on that does not exist is a mistake', async () => {
    const app = await createApp({ controllers: [Root], logger: false });
    const add = (): unknown => app.on('/', 'added', () => 1, { timeot: 5 } as never);
    assert.throws(add, /has no option `timeot`.*did you mean `timeout`/s);
    await app.close();
  });

  it('that is undefined is not given', async () => {
    assert.deepEqual(await problems({ nothing: undefined, http: undefined }), []);
  });
});

it('a method whose parameters are decorated, and that nothing calls, is a mistake', async () => {
  class Parent {
    @On() handled(@SocketId() id: string) {
      return id;
    }
  }
  @Namespace('/')
  class Forgotten extends Parent {
    forgotten(@SocketId() id: string) {
      return id;
    }
    override handled(@SocketId() id: string) {
      return id;
    }
  }
  const found = await problems({ controllers: [Forgotten] });
  assert.deepEqual(
    found.map(({ code, where }) => [code, where]),
    [['method_without_handler', 'Forgotten.forgotten']],
  );
});

enum Color {
  red = 'r',
  blue = 'b',
}
enum Level {
  low,
  high,
}

describe('a parameter', () => {
  class Dto {
    n = 3;
  }
  @Namespace('/')
  class Params {
    @On() text(m: string = 'x') {
      return m;
    }
    @On() number(a: string, k: number = 2) {
      return [a, k];
    }
    @On() rest(first: string, ...more: unknown[]) {
      return [first, ...more];
    }
    @On() all(...values: unknown[]) {
      return values.length;
    }
    @On() both(a = 1, { b } = { b: ') { ...c' }) {
      return [a, b];
    }
    @On() color(@Payload({ enum: Color }) color: Color) {
      return color;
    }
    @On() level(@Payload({ enum: Level, optional: true }) level: Level) {
      return level ?? 'none';
    }
  }
  void Dto;
  const answers: readonly [event: string, args: unknown[], expected: unknown][] = [
    ['text', [], 'x'],
    ['text', ['y'], 'y'],
    ['text', [5], 'invalid'],
    ['text', [null], 'invalid'],
    ['number', ['a'], ['a', 2]],
    ['number', ['a', 5], ['a', 5]],
    ['number', ['a', 'b'], 'invalid'],
    ['number', [], 'invalid'],
    ['rest', ['a', 1, { b: 2 }], ['a', 1, { b: 2 }]],
    ['rest', ['a'], ['a']],
    ['rest', [1], 'invalid'],
    ['all', [], 0],
    ['all', [1, 2, 3], 3],
    ['both', [], [1, ') { ...c']],
    ['color', ['r'], 'r'],
    ['color', ['red'], 'invalid'],
    ['color', ['x'], 'invalid'],
    ['color', [], 'invalid'],
    ['level', [1], 1],
    ['level', [0], 0],
    ['level', ['low'], 'invalid'],
    ['level', [2], 'invalid'],
    ['level', [], 'none'],
  ];
  for (const [event, args, expected] of answers) {
    it(`has its default, the rest, or a value of its enum: ${event}(${JSON.stringify(args).slice(1, -1)})`, async (t) => {
      const { connect } = await startInMemory(t, [Params]);
      const client = await connect('/');
      const answer = (await client.emitWithAck(event, ...args)) as { error?: { code: string } };
      assert.deepEqual((Object(answer) as { error?: { code: string } }).error?.code ?? answer, expected);
    });
  }
});
