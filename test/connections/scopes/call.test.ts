/** The scope of a call: what it builds belongs to one call, and is disposed of once, whatever ends the call. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Socket } from 'socket.io';
import { injectable, Lifecycle, scoped, singleton } from 'tsyringe';
import {
  Ack,
  createParamDecorator,
  EventContext,
  EventError,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  OnJoin,
  Payload,
  Signal,
  Use,
  type MiddlewareObject,
  type Next,
} from '../../../src/index.js';
import { createTestApp } from '../../../src/testing/index.js';
import { startInMemory } from '../../support/kit.js';
import { undisturbed } from '../../support/undisturbed.js';
import { deferred, until } from '../../support/wait.js';

const perCall = { scope: 'event' } as const;

let built = 0;
let disposed: string[] = [];

/** The service of a call. */
@scoped(Lifecycle.ContainerScoped)
class Work {
  readonly number = ++built;
  name = 'unnamed';
  readonly notes: string[] = [];
  constructor(
    readonly socket: Socket,
    readonly context: EventContext,
  ) {}
  async dispose() {
    await Promise.resolve();
    disposed.push(this.name);
  }
}

/** Another service of the call, which shares the first one. */
@injectable()
class Notes {
  constructor(readonly work: Work) {}
  add(note: string) {
    this.work.notes.push(note);
  }
}

let open = deferred();
let reached = deferred();

const Late = createParamDecorator(() => {
  reached.resolve();
  return open.promise;
}, 'Late');

@Namespace('/call', perCall)
class Calls {
  constructor(
    readonly work: Work,
    readonly notes: Notes,
  ) {}
  @On() async name(@Payload() name: string) {
    this.work.name = name;
    this.notes.add('first');
    reached.resolve();
    await open.promise;
    return [this.work.name, this.work.notes.length, this.work.socket.id, this.work.context.event];
  }
  @On() fail(@Payload() name: string) {
    this.work.name = name;
    throw new EventError('nope', 'No.');
  }
  @On() async failLater() {
    this.work.name = 'failed later';
    await Promise.resolve();
    throw new Error('inside');
  }
  @On('hang', { timeout: 20 }) hang(@Signal() signal: AbortSignal) {
    this.work.name = 'hanging';
    signal.addEventListener('abort', () => disposed.push('aborted'));
    return new Promise(() => {});
  }
  @On() plain(@Payload() name: string) {
    this.work.name = name;
    return disposed.length;
  }
  @On() byHand(@Ack() ack: (value: string) => void) {
    this.work.name = 'by hand';
    setTimeout(() => ack('answered'), 5);
  }
  @On() async early(@Ack() ack: (value: string) => void) {
    this.work.name = 'early';
    ack('answered');
    await open.promise;
    this.work.name = `early, after ${disposed.length}`;
  }
  @On('late', { timeout: 20 }) late(@Late() _late: unknown) {}
  @On() number(@Payload() _number: number) {
    return this.work.number;
  }
}

async function startCalls(t: TestContext) {
  [built, disposed, open, reached] = [0, [], deferred(), deferred()];
  const running = await startInMemory(t, [Calls]);
  return { ...running, socket: await running.connect('/call') };
}

const gone = (count: number) => until(() => disposed.length >= count, `${count} disposed`);

describe('the scope of a call', () => {
  test('is its own: calls of one socket that run at once share nothing', async (t) => {
    const { socket } = await startCalls(t);
    const answers = ['ada', 'bob', 'eve'].map((name) => socket.emitWithAck('name', name) as Promise<unknown>);
    await until(() => built === 3, 'three calls');
    assert.deepEqual(disposed, []);
    open.resolve();
    assert.deepEqual(
      await Promise.all(answers),
      ['ada', 'bob', 'eve'].map((name) => [name, 1, socket.id, 'name']),
    );
    await gone(3);
    assert.deepEqual(disposed, ['ada', 'bob', 'eve']);
  });

  test('ends after the answer, and not before', async (t) => {
    const { socket } = await startCalls(t);
    assert.equal(await socket.emitWithAck('plain', 'first'), 0);
    await gone(1);
    assert.equal(await socket.emitWithAck('plain', 'second'), 1);
    await gone(2);
    assert.deepEqual(disposed, ['first', 'second']);
  });

  for (const [what, event, args, names] of [
    ['throws', 'fail', ['thrown'], ['thrown']],
    ['rejects', 'failLater', [], ['failed later']],
    ['runs out of time: its signal fires first', 'hang', [], ['aborted', 'hanging']],
    ['answers by hand', 'byHand', [], ['by hand']],
  ] as const) {
    test(`ends once where the handler ${what}`, async (t) => {
      const { socket, app } = await startCalls(t);
      await socket.emitWithAck(event, ...args);
      await gone(names.length);
      await app.close();
      assert.deepEqual([disposed, built], [names, 1]);
    });
  }

  test('lasts for the rest of a handler that has answered early', async (t) => {
    const { socket } = await startCalls(t);
    assert.equal(await socket.emitWithAck('early'), 'answered');
    await socket.emitWithAck('fail', 'another');
    await gone(1);
    open.resolve();
    await gone(2);
    assert.deepEqual(disposed, ['another', 'early, after 1']);
  });

  test('ends once where the client is gone', async (t) => {
    const { socket, app } = await startCalls(t);
    socket.emit('name', 'ada');
    await reached.promise;
    socket.disconnect();
    await until(() => app.health().clients === 0, 'the end of the connection');
    assert.deepEqual(disposed, []);
    open.resolve();
    await gone(1);
    await app.close();
    assert.deepEqual(disposed, ['ada']);
  });

  test('is not opened for a payload that does not fit; of a call whose time was over before, it ends with the handler', async (t) => {
    const { socket, app } = await startCalls(t);
    const refused = (await socket.emitWithAck('number', 'three')) as { error: { code: string } };
    const late = (await socket.emitWithAck('late')) as { error: { code: string } };
    assert.deepEqual([refused.error.code, late.error.code, built], ['invalid', 'timeout', 0]);
    open.resolve();
    await gone(1);
    await app.close();
    assert.deepEqual([built, disposed], [1, ['unnamed']]);
  });
});

describe('what belongs to a call', () => {
  test('is shared by the moments of one connection only within each of them, and by @OnError', async (t) => {
    [built, disposed] = [0, []];
    const seen: unknown[] = [];
    @Namespace('/moments', perCall)
    class Moments {
      constructor(readonly work: Work) {}
      @OnConnect async enter(socket: Socket) {
        this.work.name = 'connect';
        await socket.join('room');
      }
      @OnJoin joined() {
        this.work.name = 'join';
      }
      @OnDisconnect leave() {
        this.work.name = 'disconnect';
      }
      @On() fail() {
        this.work.name = 'failed';
        throw new Error('a mistake');
      }
      @OnError async failed(error: Error, context: EventContext) {
        await Promise.resolve();
        seen.push(error.message, this.work.name, this.work.context === context);
        return 'mended';
      }
    }
    const { app, connect } = await startInMemory(t, [Moments]);
    const socket = await connect('/moments');
    assert.equal(await socket.emitWithAck('fail'), 'mended');
    assert.deepEqual(seen, ['a mistake', 'failed', true]);
    socket.disconnect();
    await gone(4);
    await app.close();
    assert.deepEqual([disposed.toSorted(), built], [['connect', 'disconnect', 'failed', 'join'], 4]);
  });

  test('is disposed of where @OnConnect refuses', async (t) => {
    [built, disposed] = [0, []];
    @Namespace('/refused', perCall)
    class Refusing {
      constructor(readonly work: Work) {}
      @OnConnect enter() {
        this.work.name = 'refused';
        return false;
      }
    }
    const { refusal } = await startInMemory(t, [Refusing]);
    await refusal('/refused');
    await gone(1);
    assert.deepEqual([disposed, built], [['refused'], 1]);
  });

  test('is given to a middleware class that is scoped too, also around a controller of the application', async (t) => {
    [built, disposed] = [0, []];
    @scoped(Lifecycle.ContainerScoped)
    class Naming implements MiddlewareObject {
      constructor(readonly work: Work) {}
      async use(_context: EventContext, next: Next) {
        this.work.name = 'by middleware';
        return [this.work.number, await next()];
      }
    }
    @Namespace('/scoped', perCall)
    @Use(Naming)
    class Scoped {
      constructor(readonly work: Work) {}
      @On() read() {
        return [this.work.number, this.work.name];
      }
    }
    @Namespace('/app')
    @Use(Naming)
    class Shared {
      @On() read() {
        return 'read';
      }
    }
    const { app, connect } = await startInMemory(t, [Scoped, Shared]);
    const [one, two] = [await connect('/scoped'), await connect('/app')];
    // One for each connection, through the middleware, and none is left of them.
    await gone(2);
    assert.deepEqual(await one.emitWithAck('read'), [3, [3, 'by middleware']]);
    assert.deepEqual(await two.emitWithAck('read'), [4, 'read']);
    assert.deepEqual(app.table[0]?.middleware, ['Naming']);
    await gone(4);
  });

  test('is not built where nothing asks for it: a controller of the application opens no scope', async (t) => {
    let scope: unknown = 'not seen';
    @Namespace('/none')
    class None {
      @On() work(context: EventContext) {
        scope = context.scope;
      }
    }
    const { connect } = await startInMemory(t, [None]);
    await (await connect('/none')).emitWithAck('work');
    assert.equal(scope, undefined);
  });

  test('answers `internal` where a constructor throws; the log has the reason, and what was built is disposed of', async (t) => {
    [built, disposed] = [0, []];
    @Namespace('/broken', perCall)
    class Broken {
      constructor(readonly work: Work) {
        work.name = 'before the failure';
        throw new Error('cannot be built');
      }
      @On() run() {}
    }
    const { connect, log } = await startInMemory(t, [Broken]);
    const socket = await connect('/broken');
    const { error } = (await socket.emitWithAck('run')) as { error: { code: string; id: string } };
    assert.equal(error.code, 'internal');
    assert.match(String(log.find('id', error.id)?.facts['err']), /cannot be built/);
    await gone(1);
    assert.deepEqual(disposed, ['before the failure']);
  });

  test('is disposed of in the reverse order, each although another fails, and the failures are logged', async (t) => {
    const order: string[] = [];
    @scoped(Lifecycle.ContainerScoped)
    class Low {
      async dispose() {
        await Promise.resolve();
        order.push('low');
      }
    }
    @scoped(Lifecycle.ContainerScoped)
    class Middle {
      constructor(readonly low: Low) {}
      dispose() {
        order.push('middle');
        throw new Error('middle fails');
      }
    }
    @Namespace('/order', perCall)
    class High {
      constructor(readonly middle: Middle) {}
      @On() run() {}
      dispose() {
        order.push('high');
        return Promise.reject(new Error('high fails'));
      }
    }
    const { connect, log } = await startInMemory(t, [High]);
    const socket = await connect('/order');
    await undisturbed(async () => {
      await socket.emitWithAck('run');
      await until(() => order.length === 3, 'three disposed');
    });
    assert.deepEqual(order, ['high', 'middle', 'low']);
    assert.deepEqual(
      log.at('error').map(({ facts }) => [(facts['err'] as Error).message, facts['event'], facts['socket']]),
      ['high', 'middle'].map((name) => [`${name} fails`, 'run', socket.id]),
    );
  });

  test('is waited for when the application closes', async (t) => {
    const slow = deferred();
    const order: string[] = [];
    @Namespace('/slow', perCall)
    class Slow {
      @On() run() {}
      async dispose() {
        await slow.promise;
        order.push('disposed');
      }
    }
    const { app, connect } = await startInMemory(t, [Slow]);
    await (await connect('/slow')).emitWithAck('run');
    const closed = app.close().then(() => order.push('closed'));
    setTimeout(() => slow.resolve(), 5);
    await closed;
    assert.deepEqual(order, ['disposed', 'closed']);
  });
});

for (const scope of ['event', 'connection'] as const) {
  test(`a singleton that only a class with scope '${scope}' takes is one for the application, and ends with it`, async (t) => {
    let made = 0;
    let ended = 0;
    @singleton()
    class Pool {
      readonly number = ++made;
      dispose() {
        ended++;
      }
    }
    @Namespace('/pool', { scope })
    class Takes {
      constructor(readonly pool: Pool) {}
      @On() read() {
        return this.pool.number;
      }
    }
    const { app, connect } = await startInMemory(t, [Takes]);
    for (let round = 0; round < 2; round++) {
      const socket = await connect('/pool');
      assert.equal(await socket.emitWithAck('read'), 1);
      assert.equal(await socket.emitWithAck('read'), 1);
      socket.disconnect();
      await until(() => app.health().clients === 0, 'the end of the connection');
    }
    assert.equal(ended, 0);
    await app.close();
    assert.deepEqual([made, ended], [1, 1]);
  });
}

test("a test's replacements of a call's services are one for each call", async (t) => {
  let made = 0;
  @scoped(Lifecycle.ContainerScoped)
  class Session {
    number = 0;
  }
  @injectable()
  class Reader {
    constructor(readonly session: Session) {}
  }
  @Namespace('/kit', perCall)
  class Kit {
    constructor(
      readonly session: Session,
      readonly reader: Reader,
    ) {}
    @On() read() {
      return [this.session.number, this.session === this.reader.session];
    }
  }
  class Replaced extends Session {
    override number = --made;
  }
  for (const [override, numbers] of [
    [{ useFactory: () => Object.assign(new Session(), { number: ++made }) }, [1, 2]],
    [{ useClass: Replaced }, [-1, -2]],
    [{ useValue: Object.assign(new Session(), { number: 7 }) }, [7, 7]],
  ] as const) {
    made = 0;
    const app = await createTestApp({ controllers: [Kit], overrides: [{ token: Session, ...override }] });
    t.after(() => app.close());
    const client = await app.connect('/kit');
    for (const number of numbers) assert.deepEqual(await client.call('read'), [number, true]);
  }
});
