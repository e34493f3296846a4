import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server, Socket } from 'socket.io';
import { Namespace, On, type EventContext, type Middleware } from '../../../src/index.js';
import { fakeContext, fakeSocket } from '../../../src/testing/index.js';

interface ClientEvents {
  said: (text: string) => void;
}
type ChatSocket = Socket<ClientEvents, ClientEvents, ClientEvents, { name: string }>;

@Namespace('/chat')
class Chat {
  @On('join')
  async join(join: { room: string }, socket: Socket) {
    await socket.join(join.room);
    socket.to(join.room).emit('joined', socket.id);
    return { room: join.room };
  }

  @On('say')
  say(text: string, socket: ChatSocket) {
    socket.broadcast.emit('said', `${socket.data.name}: ${text}`);
  }
}

describe('a fake socket', () => {
  test('goes to a controller without a cast, and shows what was joined and emitted', async () => {
    const socket = fakeSocket({ id: 'ada' });
    assert.deepEqual(await new Chat().join({ room: 'a' }, socket), { room: 'a' });
    assert.deepEqual(socket.joined, ['a']);
    assert.deepEqual([...socket.rooms], ['ada', 'a']);
    assert.deepEqual(socket.emitted, [{ event: 'joined', args: ['ada'], to: 'others', rooms: ['a'], except: [] }]);
  });

  test('is of the typed kind that is asked for', () => {
    const socket = fakeSocket<ChatSocket>({ data: { name: 'Ada' } });
    new Chat().say('hi', socket);
    assert.deepEqual(socket.emitted, [{ event: 'said', args: ['Ada: hi'], to: 'others', rooms: [], except: [] }]);
  });

  test('tells its own client, others and everybody apart, with rooms and exceptions', () => {
    const socket = fakeSocket();
    socket.emit('one', 1, Buffer.from('a'));
    socket.volatile.emit('two');
    socket.to(['a', 'b']).except('c').emit('three');
    socket.nsp.to('a').except(['b']).emit('four');
    socket.nsp.emit('five');
    const seen = socket.emitted.map(({ event, to, rooms, except }) => [event, to, rooms, except]);
    assert.deepEqual(seen, [
      ['one', 'sender', [], []],
      ['two', 'sender', [], []],
      ['three', 'others', ['a', 'b'], ['c']],
      ['four', 'all', ['a'], ['b']],
      ['five', 'all', [], []],
    ]);
    assert.deepEqual(socket.emitted[0]?.args, [1, Buffer.from('a')]);
  });

  test('has the handshake, data, rooms and namespace that it is given', () => {
    const socket = fakeSocket({
      namespace: '/chat',
      rooms: ['a'],
      data: { name: 'Ada' },
      handshake: { auth: { token: 't' }, query: { v: '1' }, headers: { 'x-kind': 'test' }, address: '10.0.0.7' },
    });
    assert.equal(socket.nsp.name, '/chat');
    assert.ok(socket instanceof Socket && socket.nsp.server instanceof Server);
    assert.deepEqual([socket.connected, socket.data, [...socket.rooms]], [true, { name: 'Ada' }, [socket.id, 'a']]);
    const { auth, query, headers, address } = socket.handshake;
    assert.deepEqual([auth, query, headers, address], [{ token: 't' }, { v: '1' }, { 'x-kind': 'test' }, '10.0.0.7']);
    assert.deepEqual(socket.joined, []);
  });

  test('leaves rooms, and tells both ways of a disconnection apart', async () => {
    const socket = fakeSocket({ rooms: ['a', 'b'] });
    await socket.leave('a');
    assert.deepEqual(socket.left, ['a']);
    const reasons: string[] = [];
    socket.on('disconnect', (reason) => reasons.push(reason));
    socket.disconnect();
    assert.deepEqual([socket.left, socket.disconnected, socket.connectionClosed], [['a', 'b'], true, false]);
    assert.deepEqual(reasons, ['server namespace disconnect']);
    const closed = fakeSocket();
    closed.disconnect(true);
    assert.deepEqual([closed.disconnected, closed.connectionClosed], [true, true]);
  });

  test('answers what its client is asked', async () => {
    const socket = fakeSocket({ answers: { confirm: (text: string) => `${text}: yes`, later: async () => 'later' } });
    assert.equal(await socket.emitWithAck('confirm', 'sure?'), 'sure?: yes');
    assert.equal(await socket.timeout(1_000).emitWithAck('later'), 'later');
    assert.deepEqual(socket.emitted[0], { event: 'confirm', args: ['sure?'], to: 'sender', rooms: [], except: [] });
    await assert.rejects(socket.timeout(1).emitWithAck('nobody answers'), /timed out/);
  });

  test('is found by its namespace, alone', async () => {
    const socket = fakeSocket({ rooms: ['a'] });
    assert.deepEqual(
      (await socket.nsp.in('a').fetchSockets()).map(({ id }) => id),
      [socket.id],
    );
    assert.equal((await fakeSocket().nsp.fetchSockets()).length, 1);
  });
});

describe('a fake context', () => {
  test('goes to a middleware that is tested alone', async () => {
    const seen: unknown[] = [];
    const middleware: Middleware = async (context: EventContext, next) => {
      seen.push(context.event, context.args, context.namespace, context.connection.params);
      context.socket.emit('seen');
      return String(await next()).toUpperCase();
    };
    const socket = fakeSocket({ namespace: '/game/7' });
    const context = fakeContext({ socket, event: 'say', args: ['hi'], params: { id: '7' } });
    assert.equal(await middleware(context, () => 'hi'), 'HI');
    assert.deepEqual(seen, ['say', ['hi'], '/game/7', { id: '7' }]);
    assert.equal(socket.emitted[0]?.event, 'seen');
  });

  test('has a moment, an acknowledgement and a signal where they are given', () => {
    const answers: unknown[][] = [];
    const gone = new AbortController();
    const context = fakeContext({ kind: 'connect', ack: (...values) => answers.push(values), signal: gone.signal });
    assert.deepEqual([context.kind, context.event, context.args], ['connect', 'connect', []]);
    context.ack?.(1, 2);
    assert.deepEqual(answers, [[1, 2]]);
    assert.equal(context.signal.aborted, false);
    gone.abort();
    assert.equal(context.signal.aborted, true);
  });
});
