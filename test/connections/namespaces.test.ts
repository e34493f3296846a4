import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespace, On, OnAny, OnConnect, OnDisconnect, Param, EventName, EventContext } from '../../src/index.js';
import { startInMemory } from '../support/kit.js';
import { until } from '../support/wait.js';

test('/game/:id serves a family of namespaces, each by itself; @Param reads the path', async (t) => {
  const entered: unknown[] = [];
  @Namespace('/game/:id/seat/:seat')
  class Game {
    @OnConnect enter(@Param('id') id: string, @Param('seat') seat: number) {
      entered.push([id, seat]);
    }
    @On() where(@Param() all: object, @Param('id') id: string, context: EventContext) {
      return [all, id, context.namespace];
    }
    @On() shout(context: EventContext) {
      context.socket.nsp.emit('shouted');
    }
  }
  const { connect, refusal } = await startInMemory(t, [Game]);
  const seven = await connect('/game/7/seat/1');
  const eight = await connect('/game/a%20b/seat/2');
  assert.deepEqual(entered, [
    ['7', 1],
    ['a%20b', 2],
  ]);
  const [all, id, namespace] = (await seven.emitWithAck('where')) as [object, string, string];
  assert.deepEqual([all, id, namespace], [{ id: '7', seat: '1', 1: '7', 2: '1' }, '7', '/game/7/seat/1']);
  let heard = 0;
  eight.on('shouted', () => heard++);
  await seven.emitWithAck('shout');
  await eight.emitWithAck('where');
  assert.equal(heard, 0);
  for (const path of ['/game', '/game/7', '/game/7/seat', '/game/7/seat/1/more', '/game//seat/1', '/x/game/7/seat/1']) {
    assert.equal((await refusal(path)).message, 'Invalid namespace', path);
  }
  assert.equal((await refusal('/game/7/seat/none')).data?.code, 'invalid');
});

test('a RegExp serves what it matches, whatever its flags; its groups are read', async (t) => {
  @Namespace(/^\/team-(?<color>red|blue)-(\d+)$/gi)
  class Team {
    @On() where(@Param('color') color: string, @Param('2') number: number) {
      return [color, number];
    }
  }
  const { connect, refusal } = await startInMemory(t, [Team]);
  for (let n = 0; n < 3; n++) {
    assert.deepEqual(await (await connect(`/team-red-${n}`)).emitWithAck('where'), ['red', n]);
  }
  assert.deepEqual(await (await connect('/TEAM-BLUE-5')).emitWithAck('where'), ['BLUE', 5]);
  assert.equal((await refusal('/team-green-1')).message, 'Invalid namespace');
});

test('exact paths come before families, families in their order, * last', async (t) => {
  const serve = (path: string | RegExp, name: string) => {
    @Namespace(path)
    class Served {
      @On() who() {
        return name;
      }
    }
    return Served;
  };
  const { connect } = await startInMemory(t, [
    serve('*', 'any'),
    serve('/:first', 'first family'),
    serve(/^\/e/, 'second family'),
    serve('/exact', 'exact'),
  ]);
  const who = async (path: string): Promise<unknown> => (await connect(path)).emitWithAck('who');
  assert.equal(await who('/exact'), 'exact');
  assert.equal(await who('/else'), 'first family');
  assert.equal(await who('/e/deep'), 'second family');
  assert.equal(await who('/x/deep'), 'any');
});

test('what a namespace does not handle goes to *, its exact events first, then its catch-all', async (t) => {
  const connected: string[] = [];
  @Namespace('*')
  class Fallback {
    @OnConnect enter(context: EventContext) {
      connected.push(context.namespace);
    }
    @On() help() {
      return 'fallback help';
    }
    @On() ping() {
      return 'fallback ping';
    }
    @OnAny any(@EventName() event: string) {
      return `fallback any ${event}`;
    }
  }
  @Namespace('/chat')
  class Chat {
    @On() ping() {
      return 'chat ping';
    }
  }
  @Namespace('/closed')
  class Closed {
    @OnAny any(@EventName() event: string) {
      return `closed any ${event}`;
    }
  }
  const { connect } = await startInMemory(t, [Fallback, Chat, Closed]);
  const ask = async (path: string, event: string): Promise<unknown> => (await connect(path)).emitWithAck(event);
  assert.equal(await ask('/chat', 'ping'), 'chat ping');
  assert.equal(await ask('/chat', 'help'), 'fallback help');
  assert.equal(await ask('/chat', 'other'), 'fallback any other');
  assert.equal(await ask('/closed', 'help'), 'closed any help');
  assert.equal(await ask('/nowhere/special', 'ping'), 'fallback ping');
  assert.deepEqual(connected, ['/nowhere/special']);
});

test('* serves the main namespace too, where nobody declares it', async (t) => {
  @Namespace('*')
  class Fallback {
    @OnConnect enter(context: EventContext) {
      return context.socket.handshake.auth['no'] === undefined;
    }
    @On() ping() {
      return 'fallback';
    }
  }
  const { connect, refusal } = await startInMemory(t, [Fallback]);
  assert.equal(await (await connect('/')).emitWithAck('ping'), 'fallback');
  assert.equal((await refusal('/', { auth: { no: true } })).data?.code, 'refused');
});

test('the main namespace that nobody declares answers all the same, within the limits, behind the middleware', async (t) => {
  @Namespace('/chat')
  class Chat {
    @On() work() {}
  }
  const { connect } = await startInMemory(t, [Chat], { limits: { eventBurst: 2, eventRate: 0 } });
  const socket = await connect('/');
  const codes: string[] = [];
  for (let n = 0; n < 3; n++) {
    codes.push(((await socket.emitWithAck('work')) as { error: { code: string } }).error.code);
  }
  assert.deepEqual(codes, ['unknown_event', 'unknown_event', 'rate_limited']);
  const guarded = await startInMemory(t, [Chat], { use: [() => undefined] });
  assert.equal((await guarded.refusal('/')).data?.code, 'refused');
});

test('a namespace of a family is freed when its last client has left, and comes anew', async (t) => {
  let left = 0;
  @Namespace('/game/:id')
  class Game {
    @OnDisconnect leave() {
      left++;
    }
    @On() ping() {
      return 'pong';
    }
  }
  const { connect, app } = await startInMemory(t, [Game]);
  for (let n = 1; n <= 3; n++) {
    const [one, two] = await Promise.all([connect('/game/1'), connect('/game/1')]);
    assert.ok(app.io._nsps.has('/game/1'));
    one.disconnect();
    await until(() => left === n * 2 - 1, 'the first one to leave');
    assert.equal(await two.emitWithAck('ping'), 'pong');
    two.disconnect();
    await until(() => left === n * 2, 'the last one to leave');
    assert.ok(!app.io._nsps.has('/game/1'));
  }
});

test('app.table tells namespace, event, Class.method, arguments and middleware', async (t) => {
  @Namespace('/chat')
  class Chat {
    @OnConnect enter() {}
    @On('say') speak(_text: string, _context: EventContext, @EventName() _event: string) {}
    @OnAny any() {}
  }
  const { app, log } = await startInMemory(t, [Chat], {
    printTable: true,
    use: [
      function guard(_context, next) {
        return next();
      },
    ],
  });
  assert.deepEqual(
    app.table.map(({ namespace, event, handler, arguments: args, middleware }) => [
      namespace,
      event,
      handler,
      args,
      middleware,
    ]),
    [
      ['/chat', 'connect', 'Chat.enter', [], []],
      ['/chat', 'say', 'Chat.speak', ['string', 'EventContext', '@Event'], ['guard']],
      ['/chat', '*', 'Chat.any', [], ['guard']],
    ],
  );
  assert.ok(Object.isFrozen(app.table) && app.table.every((row) => Object.isFrozen(row)));
  const printed = log.at('info').find(({ message }) => message.includes('Chat.speak'))!.message;
  for (const word of ['namespace', 'event', '/chat', 'say', 'string, EventContext', 'guard'])
    assert.ok(printed.includes(word));
  const silent = await startInMemory(t, [Chat], { printTable: false });
  assert.ok(!silent.log.lines.some(({ message }) => message.includes('Chat.speak')));
});
