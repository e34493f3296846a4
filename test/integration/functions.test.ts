import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsString } from 'class-validator';
import { Namespace, On, SetupError } from '../../src/index.js';
import { start } from '../support/kit.js';

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
    const { app, connect } = await start(t, [Known]);
    app.on('/test', 'my event', (context, ...args: unknown[]) => [context.event, ...args]);
    const socket = await connect('/test');
    assert.deepEqual(await socket.emitWithAck('my event', 1, 'two'), ['my event', 1, 'two']);
    assert.equal(await socket.emitWithAck('known'), 'a method');
  });

  it('is validated, wrapped and limited in time as its options say', async (t) => {
    const { app, connect } = await start(t, [Known]);
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
    const { app, connect } = await start(t, [Known]);
    const socket = await connect('/test');
    assert.equal((await socket.emitWithAck('late')).error.code, 'unknown_event');
    app.on('/test', 'late', () => 'here');
    assert.equal(await socket.emitWithAck('late'), 'here');
  });

  it('opens a namespace of its own where no class serves it', async (t) => {
    const { app, connect } = await start(t, [Known]);
    app.on('/fresh/:id', 'who', ({ connection }) => connection.params['id']);
    const socket = await connect('/fresh/7');
    assert.equal(await socket.emitWithAck('who'), '7');
  });

  it('stands in the table', async (t) => {
    const { app } = await start(t, [Known]);
    app.on('/test', 'greet', function greet() {}, { payload: [Greeting] });
    const row = app.table.find(({ event }) => event === 'greet');
    assert.equal(row?.handler, 'greet');
    assert.deepEqual(row?.arguments, ['EventContext', 'Greeting']);
  });

  it('is refused with every reason, and then nothing has changed', async (t) => {
    const { app, connect } = await start(t, [Known]);
    assert.throws(() => app.on('/test', 'known', () => {}), SetupError);
    assert.throws(() => app.on('/test', 'disconnect', () => {}), /reserved event name/);
    assert.throws(() => app.on('test', 'x', () => {}), /does not begin with '\/'/);
    class Empty {}
    assert.throws(() => app.on('/test', 'empty', () => {}, { payload: [Empty] }), SetupError);
    assert.equal(app.table.length, 1);
    const socket = await connect('/test');
    assert.equal(await socket.emitWithAck('known'), 'a method');
  });
});
