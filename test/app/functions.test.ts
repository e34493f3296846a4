import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsString } from 'class-validator';
import { Namespace, On, OnAny, OnConnect, SetupError, type Middleware } from '../../src/index.js';
import { startInMemory } from '../support/kit.js';

class Greeting {
  @IsString() name!: string;
}

@Namespace('/test')
class Known {
  @On('known')
  known(): string {
    return 'a method';
  }
}

describe('a handler that is a function', () => {
  it('answers like a method, with the arguments as they came', async (t) => {
    const { app, connect } = await startInMemory(t, [Known]);
    app.on('/test', 'my event', (context, ...args: unknown[]) => [context.event, ...args]);
    const socket = await connect('/test');
    assert.deepEqual(await socket.emitWithAck('my event', 1, 'two'), ['my event', 1, 'two']);
    assert.equal(await socket.emitWithAck('known'), 'a method');
  });

  it('is validated, wrapped and limited in time as its options say', async (t) => {
    const { app, connect } = await startInMemory(t, [Known]);
    const seen: string[] = [];
    app.on('/test', 'greet', (_context, { name }: Greeting) => `hello ${name}`, {
      payload: [Greeting],
      use: [(context, next) => (seen.push(context.handler.label), next())],
    });
    app.on('/test', 'hang', () => new Promise(() => {}), { timeout: 20 });
    const socket = await connect('/test');
    assert.equal(await socket.emitWithAck('greet', { name: 'Ada', extra: 1 }), 'hello Ada');
    assert.equal((await socket.emitWithAck('greet', { name: 1 })).error.code, 'invalid');
    assert.equal((await socket.emitWithAck('hang')).error.code, 'timeout');
    assert.deepEqual(seen, ["on('greet')", "on('greet')"]);
  });

  it('serves clients that were connected before it came', async (t) => {
    const { app, connect } = await startInMemory(t, [Known]);
    const socket = await connect('/test');
    assert.equal((await socket.emitWithAck('late')).error.code, 'unknown_event');
    app.on('/test', 'late', () => 'here');
    assert.equal(await socket.emitWithAck('late'), 'here');
  });

  it('opens a namespace of its own where no class serves it', async (t) => {
    const { app, connect } = await startInMemory(t, [Known]);
    app.on('/fresh/:id', 'who', ({ connection }) => connection.params['id']);
    const socket = await connect('/fresh/7');
    assert.equal(await socket.emitWithAck('who'), '7');
  });

  it('stands in the table', async (t) => {
    const { app } = await startInMemory(t, [Known]);
    app.on('/test', 'greet', function greet() {}, { payload: [Greeting] });
    const row = app.table.find(({ event }) => event === 'greet');
    assert.equal(row?.handler, 'greet');
    assert.deepEqual(row?.arguments, ['EventContext', 'Greeting']);
  });

  it('is refused with every reason, and then nothing has changed', async (t) => {
    const { app, connect } = await startInMemory(t, [Known]);
    assert.throws(() => app.on('/test', 'known', () => {}), SetupError);
    assert.throws(() => app.on('/test', 'disconnect', () => {}), /reserved event name/);
    assert.throws(() => app.on('test', 'x', () => {}), /does not begin with '\/'/);
    class Empty {}
    assert.throws(() => app.on('/test', 'empty', () => {}, { payload: [Empty] }), SetupError);
    assert.equal(app.table.length, 1);
    const socket = await connect('/test');
    assert.equal(await socket.emitWithAck('known'), 'a method');
  });

  it('costs what it adds, however many came before it', async (t) => {
    const use: Middleware = (_context, next) => next();
    const { app } = await startInMemory(t, [Known], { use: [use] });
    const add = (event: string): number =>
      workOf(() => app.on('/test', event, () => event, { payload: [Greeting], use: [use] }));
    add('the first, for which the class is looked at');
    const early = add('early');
    for (let index = 0; index < 300; index++) add(`event ${index}`);
    assert.ok(early > 0, 'the work was counted');
    assert.equal(add('late'), early);
    const opening = workOf(() => app.on('/first', 'x', () => 1));
    for (let index = 0; index < 100; index++) app.on(`/namespace/${index}`, 'x', () => 1);
    assert.equal(
      workOf(() => app.on('/last', 'x', () => 1)),
      opening,
    );
    assert.equal(app.table.length, 1 + 303 + 102);
  });

  it("is a fallback in '*' for every namespace but those that have the event of their own", async (t) => {
    const { app, connect } = await startInMemory(t, [Known]);
    app.on('/own', 'shared', () => 'own');
    app.on('*', 'shared', () => 'fallback');
    app.on('/later', 'other', () => 'other');
    app.on('*', 'second', () => 'second');
    app.on('/later', 'second', () => 'its own second');
    const answers = async (path: string): Promise<unknown[]> => {
      const socket = await connect(path);
      return Promise.all(['shared', 'second'].map((event) => socket.emitWithAck(event)));
    };
    assert.deepEqual(await answers('/own'), ['own', 'second']);
    assert.deepEqual(await answers('/test'), ['fallback', 'second']);
    assert.deepEqual(await answers('/later'), ['fallback', 'its own second']);
    assert.deepEqual(await answers('/'), ['fallback', 'second']);
    assert.deepEqual(await answers('/any'), ['fallback', 'second']);
  });

  it("takes the main namespace from '*' when it is the first there", async (t) => {
    let entered = 0;
    @Namespace('*')
    class Fallback {
      @OnConnect enter() {
        entered++;
      }
      @On() who() {
        return 'fallback';
      }
      @OnAny any() {
        return 'any';
      }
    }
    const { app, connect } = await startInMemory(t, [Fallback]);
    const early = await connect('/');
    assert.equal(entered, 1);
    app.on('/', 'own', () => 'own');
    app.on('*', 'late', () => 'late');
    for (const socket of [early, await connect('/')]) {
      const answers = ['own', 'who', 'late', 'else'].map((event) => socket.emitWithAck(event));
      assert.deepEqual(await Promise.all(answers), ['own', 'fallback', 'late', 'any']);
    }
    assert.equal(entered, 1, 'connections are no affair of a fallback');
    assert.throws(() => app.on('/', 'own', () => 1), /'own' of the namespace \/ is handled by on\('own'\) already/);
    assert.throws(() => app.on('*', 'who', () => 1), /Fallback\.who already/);
    app.on('/', 'who', () => 'own after all');
    assert.equal(await early.emitWithAck('who'), 'own after all');
  });
});

/** How many entries are written and objects frozen meanwhile: what making a plan consists of. */
function workOf(work: () => void): number {
  let count = 0;
  const counted = <T extends object>(owner: T, name: keyof T): (() => void) => {
    const original = owner[name] as (...args: unknown[]) => unknown;
    owner[name] = function (this: unknown, ...args: unknown[]) {
      count++;
      return original.apply(this, args);
    } as T[keyof T];
    return () => void (owner[name] = original as T[keyof T]);
  };
  const restore = [
    counted(Object, 'freeze'),
    counted(Map.prototype as Map<unknown, unknown>, 'set'),
    counted(Map.prototype as Map<unknown, unknown>, 'get'),
    counted(Array.prototype as unknown[], 'push'),
  ];
  try {
    work();
  } finally {
    for (const each of restore) each();
  }
  return count;
}
