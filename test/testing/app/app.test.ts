import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IsString, Length } from 'class-validator';
import { Server, Socket } from 'socket.io';
import { singleton } from 'tsyringe';
import {
  Auth,
  ConnectionRefused,
  EventError,
  Header,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  Query,
  Reason,
} from '../../../src/index.js';
import { CallError, ConnectError } from '../../../src/testing/index.js';
import { boot } from './support.js';

class Credentials {
  @IsString() @Length(3, 20) token!: string;
}

class Join {
  @IsString() @Length(1, 40) room!: string;
}

@singleton()
class History {
  readonly joined: string[] = [];
  knows(token: string): boolean {
    return token === 'secret';
  }
}

@Namespace('/chat')
class Chat {
  constructor(readonly history: History) {}

  @OnConnect
  enter(@Auth() who: Credentials, socket: Socket) {
    if (!this.history.knows(who.token)) throw new ConnectionRefused('unknown token', { code: 'unknown_token' });
    socket.emit('welcome', this.history.joined.length);
  }

  @On('join')
  async join(join: Join, socket: Socket) {
    await socket.join(join.room);
    socket.to(join.room).emit('joined', socket.id, { room: join.room });
    this.history.joined.push(join.room);
    return { room: join.room };
  }

  @On('bytes') bytes(bytes: Buffer) {
    return Buffer.concat([bytes, bytes]);
  }
  @On('known') known() {
    throw new EventError('room_full', 'The room is full.', { free: 0 });
  }
  @On('broken') broken() {
    throw new TypeError('a bug');
  }

  @OnDisconnect
  leave(@Reason() reason: string) {
    this.history.joined.push(reason);
  }
}

@Namespace('/')
class Plain {
  @On('who') who(@Query('name') name: string, @Header('x-kind') kind: string) {
    return [name, kind];
  }
}

const controllers = [Chat, Plain];
const auth = { token: 'secret' };
const who = { query: { name: 'Ada' }, headers: { 'x-kind': 'test' } };

describe('a client of a test application', () => {
  test('is connected when the gate has let it in, and finds what the gate emitted', async () => {
    const app = await boot({ controllers });
    const client = await app.connect('/chat', { auth });
    assert.deepEqual(await client.next('welcome'), [0]);
    assert.equal(app.socketOf(client).id, client.id);
  });

  test('that is refused is told the code, the message and what is wrong', async () => {
    const app = await boot({ controllers });
    await assert.rejects(app.connect('/chat', { auth: { token: 'wrong' } }), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.message, 'unknown token');
      assert.equal(error.code, 'unknown_token');
      assert.deepEqual(error.data, { code: 'unknown_token' });
      return true;
    });
    await assert.rejects(app.connect('/chat', { auth: {} }), { name: 'ConnectError', code: 'invalid' });
    await assert.rejects(app.connect('/nobody'), { name: 'ConnectError', message: 'Invalid namespace' });
    const foreign = { headers: { origin: 'https://elsewhere.example' } };
    await assert.rejects(app.connect('/', foreign), { name: 'ConnectError', code: undefined });
  });

  test('gets the answer of a call, or throws the error that it is', async () => {
    const app = await boot({ controllers });
    const client = await app.connect('/chat', { auth });
    assert.deepEqual(await client.call('join', { room: 'a' }), { room: 'a' });
    assert.deepEqual(await client.call('bytes', Buffer.from('ab')), Buffer.from('abab'));
    await assert.rejects(client.call('join', { room: '' }), { name: 'CallError', code: 'invalid' });
    await assert.rejects(client.call('known'), { code: 'room_full', details: { free: 0 } });
    await assert.rejects(client.call('nobody'), { code: 'unknown_event' });
  });

  test('finds what stayed inside as the cause of an internal error', async () => {
    const app = await boot({ controllers });
    const client = await app.connect('/chat', { auth });
    await assert.rejects(client.call('broken'), (error) => {
      assert.ok(error instanceof CallError);
      assert.equal(error.code, 'internal');
      assert.ok(error.cause instanceof TypeError && error.cause.message === 'a bug');
      return true;
    });
    assert.equal(app.logs.at(-1)?.level, 'error');
  });

  test('comes over the network of the kit, whatever engine the shared options name', async () => {
    class Elsewhere {
      constructor() {
        throw new Error('another engine was asked for');
      }
    }
    for (const options of [{ engine: 'eiows' }, { engine: 'corked' }, { wsEngine: Elsewhere }] as const) {
      const app = await boot({ controllers, ...options });
      assert.deepEqual(await (await app.connect('/', who)).call('who'), ['Ada', 'test']);
    }
  });

  test('connects to a server of your own too', async () => {
    const app = await boot({ controllers, io: new Server({ serveClient: false }) });
    assert.deepEqual(await (await app.connect('/', who)).call('who'), ['Ada', 'test']);
  });

  test('sends query and headers, and shares a connection between namespaces', async () => {
    const app = await boot({ controllers });
    const client = await app.connect('/', who);
    assert.deepEqual(await client.call('who'), ['Ada', 'test']);
    const chat = await client.connect('/chat', { auth });
    assert.equal(app.socketOf(chat).conn, app.socketOf(client).conn);
    await assert.rejects(client.connect('/nobody'), ConnectError);
    assert.deepEqual(await client.call('who'), ['Ada', 'test']);
  });
});
