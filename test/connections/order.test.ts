import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allow, ValidatorConstraint, Validate, type ValidatorConstraintInterface } from 'class-validator';
import {
  EventError,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  Payload,
  Use,
  createParamDecorator,
  type Middleware,
} from '../../src/index.js';
import { start, transports } from '../support/app.js';
import { undisturbed } from '../support/undisturbed.js';
import { deferred, until } from '../support/wait.js';

for (const transport of transports) {
  test(`handlers of one socket start in the order of the messages, however long they take (${transport})`, async (t) => {
    const started: number[] = [];
    const finished: number[] = [];
    const open = deferred();
    class Step {
      @Allow() n!: number;
    }
    @Namespace('/order')
    class Order {
      @On() async slow(step: Step) {
        started.push(step.n);
        await open.promise;
        finished.push(step.n);
      }
      @On() quick(n: number) {
        started.push(n);
        finished.push(n);
      }
    }
    const { connect } = await start(t, [Order]);
    const socket = await connect('/order', { transports: [transport] });
    const slow = [0, 2, 4].map((n) => {
      const answer = socket.emitWithAck('slow', { n });
      return Promise.all([answer, socket.emitWithAck('quick', n + 1)]);
    });
    await socket.emitWithAck('quick', 6);
    assert.deepEqual(started, [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(finished, [1, 3, 5, 6]);
    open.resolve();
    await Promise.all(slow);
  });
}

test('a payload with an asynchronous validator starts its handler when it has been checked', async (t) => {
  const checked = deferred<boolean>();
  @ValidatorConstraint({ async: true })
  class Later implements ValidatorConstraintInterface {
    validate(): Promise<boolean> {
      return checked.promise;
    }
  }
  class Checked {
    @Validate(Later) n!: number;
  }
  const started: string[] = [];
  @Namespace('/order')
  class Order {
    @On() checked(_payload: Checked) {
      started.push('checked');
    }
    @On() plain() {
      started.push('plain');
    }
  }
  const { connect } = await start(t, [Order]);
  const socket = await connect('/order');
  const first = socket.emitWithAck('checked', { n: 1 });
  await socket.emitWithAck('plain');
  checked.resolve(true);
  await first;
  assert.deepEqual(started, ['plain', 'checked']);
});

test('several classes serve one namespace; @OnConnect of all, @OnError of each its own', async (t) => {
  const order: string[] = [];
  @Namespace('/shared')
  class First {
    @OnConnect enter() {
      order.push('First.enter');
    }
    @On() one() {
      throw new Error('one');
    }
    @OnError failed() {
      return 'First.failed';
    }
  }
  @Namespace('/shared')
  class Second {
    @OnConnect enter() {
      order.push('Second.enter');
    }
    @On() two() {
      throw new EventError('two', 'two');
    }
  }
  const { connect } = await start(t, [First, Second]);
  const socket = await connect('/shared');
  assert.deepEqual(order, ['First.enter', 'Second.enter']);
  assert.equal(await socket.emitWithAck('one'), 'First.failed');
  assert.deepEqual(await socket.emitWithAck('two'), { error: { code: 'two', message: 'two' } });
});

test('@OnError of a class hears of connections and disconnections what its own class fails at, and nothing else', async (t) => {
  const heard: string[] = [];
  let mode = '';
  const failing = (name: string) => {
    const use: Middleware = (context, next) => {
      if (mode === `${name} wraps ${context.kind}`) throw new Error(mode);
      return next();
    };
    @Namespace('/shared')
    @Use(use)
    class Failing {
      @OnConnect async enter() {
        await Promise.resolve();
        if (mode === `${name} refuses`) return false;
        if (mode === `${name} enters`) throw new Error(mode);
        if (mode === `${name} hangs`) return new Promise<boolean>(() => {});
        return true;
      }
      @OnDisconnect async leave() {
        await Promise.resolve();
        if (mode.includes(`${name} leaves`)) throw new Error(`${name} leaves`);
      }
      @OnError failed(error: Error) {
        heard.push(`${name}: ${error.message}`);
      }
    }
    return Failing;
  };
  const outermost: Middleware = (context, next) => {
    if (mode === `all ${context.kind}`) throw new Error(mode);
    return next();
  };
  const app = await start(t, [failing('a'), failing('b')], { use: [outermost], limits: { handlerTime: 50 } });
  const hear = async (what: string): Promise<string[]> => {
    mode = what;
    if (/leave|disconnect/.test(what)) (await app.connect('/shared')).disconnect();
    else await app.refusal('/shared');
    await until(() => heard.length >= what.split(' and ').length, 'the error handler');
    return heard.splice(0);
  };
  assert.deepEqual(await hear('a enters'), ['a: a enters']);
  assert.deepEqual(await hear('b enters'), ['b: b enters']);
  assert.deepEqual(await hear('b refuses'), ['b: Connection refused']);
  assert.deepEqual(await hear('b hangs'), ['b: The handler took too long.']);
  assert.deepEqual(await hear('b wraps connect'), ['b: b wraps connect']);
  assert.deepEqual(await hear('a leaves'), ['a: a leaves']);
  assert.deepEqual(await hear('b leaves'), ['b: b leaves']);
  assert.deepEqual(await hear('b wraps disconnect'), ['b: b wraps disconnect']);
  assert.deepEqual(await hear('a leaves and b leaves'), ['a: a leaves', 'b: b leaves']);
  assert.deepEqual(await hear('all connect'), ['a: all connect'], "of nobody's own, the first that fits");
  assert.deepEqual(await hear('all disconnect'), ['a: all disconnect']);
});

test('one class serves several namespaces', async (t) => {
  @Namespace('/one')
  @Namespace('/two')
  class Both {
    @On() where(@Payload({ type: Object }) value: unknown) {
      return value;
    }
  }
  const { connect } = await start(t, [Both]);
  assert.equal(await (await connect('/one')).emitWithAck('where', 1), 1);
  assert.equal(await (await connect('/two')).emitWithAck('where', 2), 2);
});

test('stacked @On all count, and the method name where none is given', async (t) => {
  @Namespace('/stacked')
  class Stacked {
    @On('a')
    @On('b b')
    @On('ünïcode')
    @On
    all(n: number) {
      return n;
    }
  }
  const { connect } = await start(t, [Stacked]);
  const socket = await connect('/stacked');
  for (const event of ['a', 'b b', 'ünïcode', 'all']) assert.equal(await socket.emitWithAck(event, 3), 3);
});

test('inherited handlers count, an override keeps its decorators, and a class in between adds its own', async (t) => {
  class Item {
    @Allow() id!: number;
  }
  abstract class Base {
    abstract name(): string;
    @On() inherited(item: Item) {
      return [this.name(), item instanceof Item];
    }
    @On() overridden(item: Item) {
      return ['base', item.id];
    }
    @On() again(@Payload({ type: Number }) n: never): unknown {
      return ['base', n];
    }
  }
  class Middle extends Base {
    name() {
      return 'middle';
    }
    @On() between() {
      return this.name();
    }
    override overridden(item: Item) {
      return ['middle', item instanceof Item ? item.id : 'plain'];
    }
  }
  @Namespace('/child')
  class Child extends Middle {
    override name() {
      return 'child';
    }
    @On() override again(@Payload({ type: String }) text: never): unknown {
      return ['child', text];
    }
  }
  @Namespace('/sibling')
  class Sibling extends Middle {}
  const { connect, app } = await start(t, [Child, Sibling]);
  const child = await connect('/child');
  assert.deepEqual(await child.emitWithAck('inherited', { id: 1 }), ['child', true]);
  assert.deepEqual(await child.emitWithAck('overridden', { id: 2 }), ['middle', 2]);
  assert.deepEqual(await child.emitWithAck('again', 'text'), ['child', 'text']);
  assert.equal(await child.emitWithAck('between'), 'child');
  const sibling = await connect('/sibling');
  assert.deepEqual(await sibling.emitWithAck('again', 5), ['base', 5]);
  assert.deepEqual(
    app.table.map(({ event, handler }) => `${handler} ${event}`).filter((row) => row.includes('again')),
    ['Child.again again', 'Sibling.again again'],
  );
});

test('middleware runs application, class, method; the first one named outermost; what it returns is the answer', async (t) => {
  const order: string[] = [];
  const note = (name: string) => async (_context: unknown, next: () => unknown) => {
    order.push(`${name} in`);
    const result = (await next()) as string;
    order.push(`${name} out`);
    return `${result} ${name}`;
  };
  @Namespace('/mid')
  @Use(note('class 1'), note('class 2'))
  class Mid {
    @On()
    @Use(note('method 1'))
    @Use(note('method 2'))
    work() {
      order.push('work');
      return 'work';
    }
  }
  const { connect, app } = await start(t, [Mid], { use: [note('app')] });
  const socket = await connect('/mid');
  order.length = 0;
  assert.equal(await socket.emitWithAck('work'), 'work method 2 method 1 class 2 class 1 app');
  const names = ['app', 'class 1', 'class 2', 'method 1', 'method 2'];
  assert.deepEqual(order, [
    ...names.map((name) => `${name} in`),
    'work',
    ...names.toReversed().map((name) => `${name} out`),
  ]);
  assert.equal(app.table.find(({ event }) => event === 'work')?.middleware.length, 5);
});

test('a middleware may answer without the handler, fail, or call next once only', async (t) => {
  let ran = 0;
  @Namespace('/mid')
  class Mid {
    @On() @Use(() => 'instead') instead() {
      ran++;
    }
    @On()
    @Use(() => {
      throw new EventError('stop', 'stopped');
    })
    stopped() {
      ran++;
    }
    @On()
    @Use((_context, next) => [next(), next()])
    twice() {
      ran++;
    }
  }
  const { connect } = await start(t, [Mid]);
  const socket = await connect('/mid');
  assert.equal(await socket.emitWithAck('instead'), 'instead');
  assert.deepEqual(await socket.emitWithAck('stopped'), { error: { code: 'stop', message: 'stopped' } });
  assert.equal(ran, 0);
  const twice = (await socket.emitWithAck('twice')) as { error: { code: string } };
  assert.equal(twice.error.code, 'internal');
  assert.equal(ran, 1);
});

test('a middleware that drops the result of next() does not lose a failure, nor end the process', async (t) => {
  @Namespace('/mid')
  class Mid {
    @On()
    @Use((_context, next) => void next())
    dropped(fail: boolean) {
      return fail ? Promise.reject(new EventError('failed', 'failed')) : Promise.resolve('dropped');
    }
    @On()
    @Use(async (_context, next) => {
      void next();
      await Promise.resolve();
      return 'early';
    })
    early() {
      return Promise.reject(new Error('late'));
    }
    @On()
    @Use((_context, next) => void setTimeout(next, 1))
    late() {
      return Promise.reject(new Error('very late'));
    }
  }
  const { connect } = await start(t, [Mid]);
  const socket = await connect('/mid');
  await undisturbed(async () => {
    assert.equal(await socket.emitWithAck('dropped', false), undefined);
    assert.deepEqual(await socket.emitWithAck('dropped', true), { error: { code: 'failed', message: 'failed' } });
    assert.equal(await socket.emitWithAck('early'), 'early');
    await socket.emitWithAck('late');
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

test('when one argument is refused, another one that fails later disturbs nobody', async (t) => {
  const Late = createParamDecorator(() => Promise.reject(new Error('late')), 'Late');
  let ran = 0;
  @Namespace('/order')
  class Order {
    @On() work(@Late() _late: unknown, _n: number, @Late() _later: unknown) {
      ran++;
    }
  }
  const { connect } = await start(t, [Order]);
  const socket = await connect('/order');
  await undisturbed(async () => {
    const answer = (await socket.emitWithAck('work', 'no number')) as { error: { code: string } };
    assert.equal(answer.error.code, 'invalid');
    const failed = (await socket.emitWithAck('work', 1)) as { error: { code: string } };
    assert.equal(failed.error.code, 'internal');
  });
  assert.equal(ran, 0);
});

test('handlers on symbols of the same description are two, and both run', async (t) => {
  const inherited = Symbol('check');
  const own = Symbol('check');
  const ran: string[] = [];
  class Guarded {
    @OnConnect [inherited]() {
      ran.push('inherited');
    }
  }
  @Namespace('/order')
  class Chat extends Guarded {
    @OnConnect [own]() {
      ran.push('own');
    }
  }
  const { connect } = await start(t, [Chat]);
  await connect('/order');
  assert.deepEqual(ran, ['inherited', 'own']);
});
