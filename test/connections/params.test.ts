import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allow, IsBoolean, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Transform, Type } from 'class-transformer';
import { Server, Socket } from 'socket.io';
import {
  Ack,
  Args,
  Auth,
  ConnectedSocket,
  Cookie,
  createParamDecorator,
  Data,
  EventContext,
  EventName,
  Handshake,
  Header,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnJoin,
  OnLeave,
  Payload,
  Query,
  Reason,
  Room,
  Rooms,
  Signal,
  SocketId,
  type AckFunction,
} from '../../src/index.js';
import { startInMemory } from '../support/kit.js';
import { deferred, until } from '../support/wait.js';

class Item {
  @IsInt() id!: number;
}

class Login {
  @IsString() token!: string;
}

class Page {
  @Type(() => Number) @IsInt() page!: number;
  @IsOptional() @IsString() order?: string;
}

class Session {
  visits = 0;
  user?: string;
  greet() {
    return `hello ${this.user}`;
  }
}

const Twice = createParamDecorator(
  (context: EventContext, times: number) => String(context.args[0]).repeat(times),
  'Twice',
);
const Later = createParamDecorator(async (context) => {
  await Promise.resolve();
  return context.socket.id;
});

interface Answer {
  readonly error: { readonly code: string; readonly issues: { path: string; rule: string; message: string }[] };
}

async function rules(answer: Promise<unknown>): Promise<unknown[]> {
  const { error } = (await answer) as Answer;
  assert.equal(error.code, 'invalid');
  return error.issues.map(({ path, rule }) => [path, rule]);
}

test('@Payload: the next argument, one by its position, a property, optional ones, arrays', async (t) => {
  @Namespace('/p')
  class Params {
    @On() next(@Payload() a: Item, socket: Socket, @Payload() b: Item, c: number) {
      return [a instanceof Item && a.id, socket.connected, b.id, c];
    }
    @On() second(@Payload(1) b: Item, a: Item) {
      return [b.id, a.id];
    }
    @On() property(@Payload('room') room: string, @Payload('item') item: Item, @Payload('none') none: unknown) {
      return [room, item instanceof Item, none === undefined];
    }
    @On() optional(
      @Payload({ optional: true }) a?: Item,
      @Payload({ optional: true, type: String }) b?: string | null,
    ) {
      return [a?.id ?? 'none', b ?? 'none'];
    }
    @On() stated(@Payload({ type: Item }) a: Item | null) {
      return a instanceof Item;
    }
    @On() items(@Payload({ each: Item }) items: Item[]) {
      return items.map((item) => item instanceof Item && item.id);
    }
    @On() itemsAt(@Payload('list', { each: Item }) items: Item[], @Payload(1, { each: Number }) numbers: number[]) {
      return [items.length, numbers];
    }
    @On() maybeItems(@Payload({ each: Item, optional: true }) items?: Item[]) {
      return items?.length ?? 'none';
    }
    @On() anything(@Payload({ type: Object }) value: unknown, other: unknown) {
      return [value, other];
    }
    @On() array(@Payload({ type: Array }) value: unknown[]) {
      return value.length;
    }
  }
  const socket = await (await startInMemory(t, [Params])).connect('/p');
  const ask = (event: string, ...args: unknown[]): Promise<unknown> => socket.emitWithAck(event, ...args);
  assert.deepEqual(await ask('next', { id: 1 }, { id: 2 }, 3), [1, true, 2, 3]);
  assert.deepEqual(await rules(ask('next', { id: 1 }, { id: 'x' }, 3)), [['1.id', 'isInt']]);
  assert.deepEqual(await ask('second', { id: 1 }, { id: 2 }), [2, 1]);
  assert.deepEqual(await ask('property', { room: 'a', item: { id: 1 } }), ['a', true, true]);
  assert.deepEqual(await rules(ask('property', { item: { id: 1 } })), [['room', 'isString']]);
  assert.deepEqual(await rules(ask('property', { room: 'a', item: { id: 'x' } })), [['item.id', 'isInt']]);
  assert.deepEqual(await rules(ask('property', 'text')), [['room', 'isString']]);
  for (const args of [[], [null], [undefined, null]])
    assert.deepEqual(await ask('optional', ...args), ['none', 'none']);
  assert.deepEqual(await ask('optional', { id: 4 }, 'b'), [4, 'b']);
  assert.deepEqual(await rules(ask('optional', {})), [['0.id', 'isInt']]);
  assert.deepEqual(await rules(ask('optional', null, 5)), [['1', 'isString']]);
  assert.equal(await ask('stated', { id: 1 }), true);
  assert.deepEqual(await rules(ask('stated', null)), [['', 'object']]);
  assert.deepEqual(await ask('items', [{ id: 1 }, { id: 2 }]), [1, 2]);
  assert.deepEqual(await ask('items', []), []);
  assert.deepEqual(await rules(ask('items', { 0: { id: 1 }, length: 1 })), [['', 'array']]);
  assert.deepEqual(await rules(ask('items', [{ id: 1 }, 5, { id: 'x' }])), [
    ['1', 'object'],
    ['2.id', 'isInt'],
  ]);
  assert.deepEqual(await ask('itemsAt', { list: [{ id: 1 }] }, [1, 2]), [1, [1, 2]]);
  assert.deepEqual(await rules(ask('itemsAt', { list: [] }, [1, '2'])), [['1', 'isNumber']]);
  assert.equal(await ask('maybeItems'), 'none');
  assert.equal(await ask('maybeItems', [{ id: 1 }]), 1);
  assert.deepEqual(await ask('anything', { a: [1] }, 'b'), [{ a: [1] }, 'b']);
  assert.equal(await ask('array', [1, 'b', {}]), 3);
  assert.deepEqual(await rules(ask('array', 'text')), [['', 'isArray']]);
});

test('primitives are checked to be just that', async (t) => {
  @Namespace('/p')
  class Params {
    @On() text(_value: string) {}
    @On() number(_value: number) {}
    @On() flag(_value: boolean) {}
    @On() bytes(_value: Buffer) {}
    @On() view(_value: Uint8Array) {}
  }
  const socket = await (await startInMemory(t, [Params])).connect('/p');
  const right: Record<string, unknown> = {
    text: 'a',
    number: 1.5,
    flag: false,
    bytes: Buffer.from('a'),
    view: Buffer.from('a'),
  };
  for (const [event, value] of Object.entries(right)) assert.equal(await socket.emitWithAck(event, value), undefined);
  const values = ['a', 1.5, false, Buffer.from('a'), null, undefined, [], {}, ['a'], [1], { length: 1 }];
  for (const event of Object.keys(right)) {
    for (const value of values) {
      if (value === right[event] || (Buffer.isBuffer(value) && Buffer.isBuffer(right[event]))) continue;
      const [[path, rule]] = (await rules(socket.emitWithAck(event, value))) as [[string, string]];
      assert.equal(path, '', event);
      assert.match(rule, /^is/, event);
    }
  }
});

test('what comes with the handshake: @Auth, @Query, @Header, @Cookie, @Handshake', async (t) => {
  @Namespace('/p')
  class Params {
    @On() auth(@Auth() all: object, @Auth('token') token: string, @Auth() login: Login) {
      return [all, token, login instanceof Login];
    }
    @On() query(
      @Query() page: Page,
      @Query('page') number: number,
      @Query('order') order: string,
      @Query('flag') flag: boolean,
    ) {
      return [page instanceof Page && page.page, number, order, flag];
    }
    @On() wrongQuery(@Query('order') _order: number) {}
    @On() header(
      @Header('X-Own') own: string,
      @Header('x-number') number: number,
      @Header() all: Record<string, string>,
    ) {
      return [own, number, all['x-own']];
    }
    @On() missing(@Header('x-none') _none: string) {}
    @On() maybe(
      @Header('x-none', { optional: true }) none?: string,
      @Cookie('none', { optional: true }) cookie?: string,
    ) {
      return [none ?? 'none', cookie ?? 'none'];
    }
    @On() cookie(@Cookie('user') user: string, @Cookie() all: Record<string, string>, @Cookie('n') n: number) {
      return [user, all, n];
    }
    @On() handshake(@Handshake() all: Socket['handshake'], @Handshake('secure') secure: boolean) {
      return [typeof all.issued, secure, all.auth['token']];
    }
  }
  const { connect } = await startInMemory(t, [Params]);
  const socket = await connect('/p', {
    auth: { token: 'secret', __proto__: null },
    query: { page: '3', order: 'up', flag: 'true' },
    headers: { 'X-Own': 'mine', 'X-Number': '7', cookie: 'user=ada%20l; n=5; __proto__=x' },
  });
  const ask = (event: string): Promise<unknown> => socket.emitWithAck(event);
  assert.deepEqual(await ask('auth'), [{ token: 'secret' }, 'secret', true]);
  assert.deepEqual(await ask('query'), [3, 3, 'up', true]);
  assert.deepEqual(await rules(ask('wrongQuery')), [['order', 'isNumber']]);
  assert.deepEqual(await ask('header'), ['mine', 7, 'mine']);
  assert.deepEqual(await rules(ask('missing')), [['x-none', 'isString']]);
  assert.deepEqual(await ask('maybe'), ['none', 'none']);
  const [user, all, n] = (await ask('cookie')) as [string, Record<string, string>, number];
  assert.deepEqual([user, n, all['user']], ['ada l', 5, 'ada l']);
  assert.deepEqual(await ask('handshake'), ['number', false, 'secret']);
});

class TextQuery {
  @IsInt() page!: number;
  @IsBoolean() desc!: boolean;
  @IsOptional() @IsInt() size?: number = 20;
  @Type(() => Boolean) @IsBoolean() typed!: boolean;
  @Transform(({ value }) => value === 'yes') @IsBoolean() own!: boolean;
  @IsString({ each: true }) tags!: string[];
  @Allow() free?: number;
  @IsString() name!: string;
}

test('texts of the handshake are read by one rule, alone and in a class', async (t) => {
  @Namespace('/p')
  class Params {
    @On() dto(@Query() { page, desc, size, typed, own, tags, free, name }: TextQuery) {
      return [page, desc, size, typed, own, tags, free ?? 'none', name];
    }
    @On() alone(
      @Query('page') page: number,
      @Query('desc') desc: boolean,
      @Query('typed') typed: boolean,
      @Query('name') name: string,
    ) {
      return [page, desc, typed, name];
    }
    @On() auth(@Auth() _query: TextQuery) {}
  }
  const { app, connect } = await startInMemory(t, [Params]);
  const query = { page: '2', desc: 'false', typed: 'false', own: 'yes', tags: 'a', name: '7' };
  const ask = async (event: string, texts: object, auth = {}): Promise<unknown> =>
    (await connect('/p', { query: { ...query, ...texts }, auth })).emitWithAck(event);
  assert.deepEqual(await ask('dto', {}), [2, false, 20, false, true, ['a'], 'none', '7']);
  assert.deepEqual(await ask('alone', {}), [2, false, false, '7']);
  for (const [page, free] of [
    ['x', '1'],
    ['', '1'],
    ['1', 'x'],
    ['1', ''],
  ]) {
    const [[path, rule] = []] = (await rules(ask('dto', { page, free }))) as string[][];
    assert.deepEqual([path, rule], page === '1' ? ['free', 'isNumber'] : ['page', 'isInt']);
  }
  assert.deepEqual(await rules(ask('alone', { page: '' })), [['page', 'isNumber']]);
  // What comes as JSON is taken as it is.
  assert.ok(
    ((await rules(ask('auth', {}, query))) as string[][]).some(([path, rule]) => path === 'page' && rule === 'isInt'),
  );
  const { schema } = app.contract().namespaces[0]!.handshake.find(({ type }) => type === 'TextQuery')!;
  assert.deepEqual((schema['properties'] as Record<string, object>)['page'], { type: 'string' });
});

test('what belongs to the socket: @ConnectedSocket, @SocketId, @Rooms, @Data, and Socket, Server, EventContext by type', async (t) => {
  @Namespace('/p')
  class Params {
    @OnConnect async enter(socket: Socket, @Data() session: Session) {
      await socket.join('hall');
      session.user = 'ada';
    }
    @On() socket(
      @ConnectedSocket() socket: Socket,
      byType: Socket,
      @SocketId() id: string,
      io: Server,
      context: EventContext,
    ) {
      return [socket === byType, id === socket.id, io === socket.nsp.server, context.socket === socket];
    }
    @On() rooms(@Rooms() rooms: string[]) {
      return rooms;
    }
    @On() data(@Data() session: Session, @Data('user') user: string, socket: Socket) {
      session.visits++;
      return [session.greet(), session.visits, user, socket.data === session];
    }
  }
  const socket = await (await startInMemory(t, [Params])).connect('/p');
  assert.deepEqual(await socket.emitWithAck('socket'), [true, true, true, true]);
  assert.deepEqual(await socket.emitWithAck('rooms'), [socket.id, 'hall']);
  assert.deepEqual(await socket.emitWithAck('data'), ['hello ada', 1, 'ada', true]);
  assert.deepEqual(await socket.emitWithAck('data'), ['hello ada', 2, 'ada', true]);
});

test('what belongs to the call: @Args, @Ack, @EventName, EventContext', async (t) => {
  @Namespace('/p')
  class Params {
    @On() args(@Args() args: unknown[], @EventName() event: string, first: string) {
      return [args, event, first];
    }
    @On() ack(@Args() args: unknown[], @Ack() ack: AckFunction) {
      ack(args.length);
    }
    @On() context(context: EventContext) {
      return [
        context.event,
        context.args,
        context.namespace,
        context.kind,
        context.handler.label,
        context.rooms.length,
      ];
    }
  }
  const socket = await (await startInMemory(t, [Params])).connect('/p');
  assert.deepEqual(await socket.emitWithAck('args', 'a', { b: 1 }), [['a', { b: 1 }], 'args', 'a']);
  assert.equal(await socket.emitWithAck('ack', 1, 2), 2);
  assert.deepEqual(await socket.emitWithAck('context', 5), ['context', [5], '/p', 'event', 'Params.context', 1]);
});

test('createParamDecorator makes a decorator of your own, with an argument, or with a promise', async (t) => {
  @Namespace('/p')
  class Params {
    @On() work(@Twice(3) text: string, @Later() id: string, _first: string) {
      return [text, id];
    }
  }
  const { connect, app } = await startInMemory(t, [Params]);
  const socket = await connect('/p');
  assert.deepEqual(await socket.emitWithAck('work', 'ab'), ['ababab', socket.id]);
  assert.deepEqual(app.table[0]?.arguments, ['@Twice', '@custom', 'string']);
});

test('@Room in @OnJoin and @OnLeave names the room, whatever the cause', async (t) => {
  const moves: unknown[] = [];
  @Namespace('/p')
  class Params {
    @OnJoin join(@Room() room: string, socket: Socket) {
      moves.push(['join', room, socket.id]);
    }
    @OnLeave leave(room: string, @SocketId() id: string) {
      moves.push(['leave', room, id]);
    }
    @On() async move(socket: Socket) {
      await socket.join(['a', 'b']);
      await socket.leave('a');
      await socket.join('b');
    }
  }
  const { connect, app } = await startInMemory(t, [Params]);
  const socket = await connect('/p');
  const { id } = socket;
  await socket.emitWithAck('move');
  app.io.of('/p').socketsJoin('c');
  socket.disconnect();
  await until(() => moves.length === 6, 'all moves');
  assert.deepEqual(moves, [
    ['join', 'a', id],
    ['join', 'b', id],
    ['leave', 'a', id],
    ['join', 'c', id],
    ['leave', 'b', id],
    ['leave', 'c', id],
  ]);
});

test('@Signal fires at disconnect, at a time-out, and at shutdown', async (t) => {
  const fired: string[] = [];
  const begun: string[] = [];
  @Namespace('/p')
  class Params {
    @On() gone(@Signal() signal: AbortSignal) {
      return this.#wait('gone', signal);
    }
    @On('late', { timeout: 40 }) late(@Signal() signal: AbortSignal) {
      return this.#wait('late', signal);
    }
    @On() closing(@Signal() signal: AbortSignal) {
      return this.#wait('closing', signal);
    }
    #wait(name: string, signal: AbortSignal): Promise<void> {
      begun.push(name);
      const end = deferred();
      signal.addEventListener('abort', () => {
        fired.push(name);
        end.resolve();
      });
      return end.promise;
    }
  }
  const { connect, app } = await startInMemory(t, [Params], { limits: { drainTime: 40 } });
  const leaving = await connect('/p');
  leaving.emit('gone');
  await until(() => begun.length === 1, 'the handler');
  leaving.disconnect();
  await until(() => fired.length === 1, 'the signal');
  const staying = await connect('/p');
  assert.equal(((await staying.emitWithAck('late')) as Answer).error.code, 'timeout');
  const answer = staying.emitWithAck('closing');
  await until(() => begun.length === 3, 'the handler');
  await app.close();
  assert.equal(((await answer) as Answer).error.code, 'closing');
  assert.deepEqual(fired, ['gone', 'late', 'closing']);
});

test('@Reason tells why a socket left', async (t) => {
  const reasons: string[] = [];
  @Namespace('/p')
  class Params {
    @OnDisconnect leave(@Reason() reason: string) {
      reasons.push(reason);
    }
  }
  const socket = await (await startInMemory(t, [Params])).connect('/p');
  socket.disconnect();
  await until(() => reasons.length === 1, '@OnDisconnect');
  assert.deepEqual(reasons, ['client namespace disconnect']);
});

test('payload options: of the application, a class, a parameter; the nearer one wins, key by key', async (t) => {
  class Note {
    @IsString({ groups: ['edit'] }) @MaxLength(3, { groups: ['edit'] }) text!: string;
    @IsInt({ groups: ['create'] }) id!: number;
  }
  @Namespace('/app')
  class ByApp {
    @On() strict(_note: Note) {}
  }
  @Namespace('/class', { payload: { validator: { groups: ['edit'], forbidNonWhitelisted: false } } })
  class ByClass {
    @On() edit(note: Note) {
      return note;
    }
    @On() create(@Payload({ validator: { groups: ['create'] } }) note: Note) {
      return note;
    }
    @On() loose(@Payload({ validator: { whitelist: false } }) note: Note) {
      return note;
    }
    @On() converted(@Payload({ transform: { enableImplicitConversion: true } }) note: Note) {
      return note;
    }
  }
  const { connect } = await startInMemory(t, [ByApp, ByClass], {
    payload: { validator: { forbidNonWhitelisted: true, groups: ['edit', 'create'] } },
  });
  const app = await connect('/app');
  assert.deepEqual(await rules(app.emitWithAck('strict', { text: 1, extra: 1 })), [
    ['extra', 'whitelistValidation'],
    ['text', 'maxLength'],
    ['text', 'isString'],
    ['id', 'isInt'],
  ]);
  const own = await connect('/class');
  assert.deepEqual(await own.emitWithAck('edit', { text: 'a', extra: 1 }), { text: 'a' });
  assert.deepEqual(await rules(own.emitWithAck('edit', { text: 'long' })), [['text', 'maxLength']]);
  assert.deepEqual(await own.emitWithAck('create', { id: 1 }), { id: 1 });
  assert.deepEqual(await own.emitWithAck('loose', { text: 'a', extra: 1 }), { text: 'a', extra: 1 });
  assert.deepEqual(await own.emitWithAck('converted', { text: 12 }), { text: '12' });
});

test('an answer to an invalid payload stays small, whatever was sent', async (t) => {
  @Namespace('/p')
  class Params {
    @On() items(@Payload({ each: Item }) _items: Item[]) {}
  }
  const socket = await (await startInMemory(t, [Params])).connect('/p');
  const answer = (await socket.emitWithAck(
    'items',
    Array.from({ length: 5_000 }, () => ({ id: 'x' })),
  )) as Answer;
  assert.ok(answer.error.issues.length <= 20);
  assert.ok(JSON.stringify(answer).length < 3_000);
});

test('credentials with a discriminator can be read by every handler: reading does not change them', async (t) => {
  class Login {
    @IsString() user!: string;
  }
  class Token extends Login {
    @IsString() token!: string;
  }
  class Credentials {
    @ValidateNested()
    @Type(() => Login, { discriminator: { property: 'kind', subTypes: [{ name: 'token', value: Token }] } })
    login!: Login;
  }
  @Namespace('/p')
  class Entering {
    @OnConnect enter(@Auth() { login }: Credentials) {
      if (!(login instanceof Token)) throw new Error('not what was sent');
    }
    @On() again(@Auth() { login }: Credentials) {
      return [login instanceof Token, login];
    }
  }
  const socket = await (
    await startInMemory(t, [Entering])
  ).connect('/p', { auth: { login: { kind: 'token', user: 'ada', token: 'secret' } } });
  for (let n = 0; n < 2; n++) {
    assert.deepEqual(await socket.emitWithAck('again'), [true, { user: 'ada', token: 'secret' }]);
  }
});
