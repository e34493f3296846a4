/** Values that a parser of the user's own brings as what they are: dates, Maps, Sets, big integers. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsDate, IsInt } from 'class-validator';
import { Server } from 'socket.io';
import { Decoder, Encoder, protocol } from 'socket.io-parser';
import * as msgpack from 'socket.io-msgpack-parser';
import {
  createApp,
  Namespace,
  On,
  OnConnect,
  Payload,
  Query,
  SetupError,
  type AppOptions,
} from '../../../src/index.js';
import { start } from '../../support/app.js';
import { nextEvent } from '../../support/wait.js';

/** JSON in which what JSON has not is named. */
const named = {
  protocol,
  Encoder: class extends Encoder {
    constructor() {
      super(function (this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
        const given = this[key];
        if (given instanceof Date) return { $: 'Date', of: given.getTime() };
        if (given instanceof Map) return { $: 'Map', of: [...(given as Map<unknown, unknown>)] };
        if (given instanceof Set) return { $: 'Set', of: [...(given as Set<unknown>)] };
        if (given instanceof RegExp) return { $: 'RegExp', of: given.source };
        return typeof given === 'bigint' ? { $: 'bigint', of: String(given) } : value;
      });
    }
  },
  Decoder: class extends Decoder {
    constructor() {
      super((_key: string, value: { $?: string; of: never } | null) => (value?.$ ? make[value.$]!(value.of) : value));
    }
  },
};

const make: Readonly<Record<string, (of: never) => unknown>> = {
  Date: (of) => new Date(of),
  Map: (of) => new Map(of),
  Set: (of) => new Set(of),
  RegExp: (of) => new RegExp(of),
  bigint: (of) => BigInt(of),
};

class Meeting {
  @IsDate() at!: Date;
  @IsInt() seats!: number;
}

@Namespace('/')
class Typed {
  @On() date(at: Date) {
    return at.getTime();
  }
  @On() dates(@Payload({ each: Date }) all: Date[]) {
    return all.map((each) => each.getTime());
  }
  @On() optional(@Payload({ type: Date, optional: true }) at?: Date) {
    return at?.getTime() ?? 'none';
  }
  @On() part(@Payload('at') at: Date) {
    return at.getTime();
  }
  @On() meeting({ at, seats }: Meeting) {
    return [at.getTime(), seats];
  }
}

@Namespace('/')
class All extends Typed {
  @On() map(map: Map<string, number>) {
    return [...map];
  }
  @On() set(set: Set<string>) {
    return [...set];
  }
  @On() pattern(pattern: RegExp) {
    return pattern.source;
  }
  @On() big(@Payload({ type: BigInt as never }) big: bigint) {
    return `${big + 1n}`;
  }
}

const at = new Date(1_700_000_000_000);
type Call = readonly [event: string, value: unknown, answer: unknown];
const dates: readonly Call[] = [
  ['date', at, at.getTime()],
  ['dates', [at, new Date(5)], [at.getTime(), 5]],
  ['optional', undefined, 'none'],
  ['optional', at, at.getTime()],
  ['part', { at }, at.getTime()],
  ['meeting', { at, seats: 3 }, [at.getTime(), 3]],
];
const others: readonly Call[] = [
  ['map', new Map([['a', 1]]), [['a', 1]]],
  ['set', new Set(['a']), ['a']],
  ['pattern', /a+/, 'a+'],
  ['big', 7n, '8'],
];
const refused: readonly Call[] = [
  ['date', at.toISOString(), 'isDate'],
  ['date', at.getTime(), 'isDate'],
  ['date', null, 'isDate'],
  ['date', {}, 'isDate'],
  ['dates', [at, 5], 'isDate'],
  ['part', { at: 'now' }, 'isDate'],
  ['meeting', { at: 'now', seats: 1 }, 'isDate'],
];

const parsers: readonly (readonly [
  string,
  AppOptions['parser'],
  new () => object,
  readonly Call[],
  readonly Call[],
])[] = [
  ['socket.io-msgpack-parser', msgpack as unknown as AppOptions['parser'], Typed, dates, refused],
  [
    'a parser of one’s own',
    named,
    All,
    [...dates, ...others],
    [...refused, ['map', { a: 1 }, 'isMap'], ['big', 7, 'isBigint']],
  ],
];

describe('types that a parser brings as what they are', () => {
  for (const [name, parser, type, passed, broken] of parsers) {
    it(`are taken as parameters, and checked to be just that: ${name}`, async (t) => {
      const { connect } = await start(t, [type], { parser } as AppOptions);
      const socket = await connect('/', { parser });
      for (const [event, value, answer] of passed)
        assert.deepEqual(await socket.emitWithAck(event, value), answer, event);
      for (const [event, value, rule] of broken) {
        const { error } = (await socket.emitWithAck(event, value)) as {
          error: { code: string; issues: { rule: string }[] };
        };
        assert.deepEqual([error.code, error.issues[0]!.rule], ['invalid', rule], event);
      }
    });

    it(`may be sent, if they are declared: ${name}`, async (t) => {
      const { app, connect } = await start(t, [type], { parser, emits: { at: Date, all: [{ each: Date }] } } as never);
      const socket = await connect('/', { parser });
      const came = nextEvent<[unknown]>(socket, 'at');
      app.io.emit('at', at);
      assert.deepEqual(await came, [at]);
      assert.throws(() => app.io.emit('at', 'now'), /must be a Date/);
    });
  }

  it('of every kind may be sent: Map, Set, RegExp, bigint', async (t) => {
    const emits = { map: Map, sets: [{ each: Set }], pattern: RegExp, big: BigInt };
    const { app, connect } = await start(t, [All], { parser: named, emits } as never);
    const socket = await connect('/', { parser: named });
    const values = { map: new Map([['a', 1]]), sets: [new Set(['a'])], pattern: /a+/, big: 7n };
    for (const [event, value] of Object.entries(values)) {
      const came = nextEvent<[unknown]>(socket, event);
      app.io.emit(event, value as never);
      assert.deepEqual(await came, [value]);
      assert.throws(() => app.io.emit(event, 'x' as never), /must be an? /);
    }
  });

  it('are named in the contract and in the table', async (t) => {
    const { app } = await start(t, [All], { parser: named });
    const cells = app.table.map(({ handler, arguments: given }) => [handler, given.join(', ')]);
    assert.equal(Object.fromEntries(cells)['All.date'], 'Date');
    const events = app.contract().namespaces[0]!.events;
    const types = Object.fromEntries(events.map(({ name, arguments: [first] }) => [name, first?.type]));
    assert.deepEqual(
      [types['date'], types['map'], types['big'], types['meeting']],
      ['Date', 'Map', 'bigint', 'Meeting'],
    );
  });

  it('are mistakes with Socket.IO’s own parser, and as text of the handshake with any', async () => {
    @Namespace('/')
    class Textual {
      @OnConnect enter(@Query('at') _at: Date) {}
    }
    const problems = async (options: AppOptions): Promise<readonly string[]> => {
      const app = await createApp({ logger: false, ...options }).catch((error: SetupError) => error);
      if (app instanceof SetupError) return app.problems.map(({ code }) => code);
      await app.close();
      return [];
    };
    assert.deepEqual(await problems({ controllers: [Textual], parser: named }), ['foreign_type']);
    assert.ok((await problems({ controllers: [All] })).every((code) => code === 'foreign_type'));
    assert.deepEqual(await problems({ controllers: [Typed] }), Array(4).fill('foreign_type'));
    assert.deepEqual(await problems({ controllers: [Typed], io: new Server() }), Array(4).fill('foreign_type'));
    assert.deepEqual(await problems({ controllers: [Typed], io: new Server({ parser: named }) }), []);
  });
});
