/** An option that would be ignored is a mistake at boot, with the name that was probably meant. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createApp,
  Namespace,
  On,
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
  ] as const) {
    it(`of the wrong kind is a mistake: ${name}: ${typeof value}`, async () => {
      const found = await problems({ [name]: value }).catch((error: unknown) => [error as SetupProblem]);
      assert.ok(
        found.some(({ code, where }) => code === 'option_kind' && where === name),
        JSON.stringify(found),
      );
    });
  }

  it('of an option is looked at too', async () => {
    const [problem] = await problems({ payload: { validate: {} } });
    assert.deepEqual([problem!.code, problem!.where], ['unknown_option', 'payload.validate']);
    assert.match(problem!.fix, /payload\.validator/);
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
