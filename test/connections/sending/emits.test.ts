import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerDecorator } from 'class-validator';
import { Exclude, Transform, Type } from 'class-transformer';
import { IsNumber, IsString, ValidateNested } from 'class-validator';
import { Namespace as IoNamespace, Server, Socket } from 'socket.io';
import { emit as emitAmbient } from '../../../src/connections/ambient/index.js';
import {
  call,
  callAll,
  createApp,
  Emit,
  InjectNamespace,
  InvalidEmission,
  Namespace,
  On,
  OnConnect,
} from '../../../src/index.js';
import { internalsOf } from '../../../src/connections/internals.js';
import { createTestCluster } from '../../../src/testing/index.js';
import { startInMemory } from '../../support/kit.js';
import { nextEvent } from '../../support/wait.js';
import { Author, events, Letter, Said } from '../../support/events.js';

/** Runs what a test gives it, with a socket. */
@Namespace('/chat')
class Chat {
  static work: (socket: Socket) => unknown = () => undefined;

  @On() async work(socket: Socket) {
    return Chat.work(socket);
  }

  @On() @Emit('said', { to: 'all' }) echo(value: unknown) {
    return value;
  }

  @On() fail() {
    throw new Error('no');
  }
}

/** Tells how often it was made. */
class Counted {
  @Transform(({ value }) => (typeof value === 'string' ? `${value}!` : value)) @IsString() text!: string;
}

@Namespace('/game/:id')
class Game {
  constructor(@InjectNamespace() readonly games: IoNamespace) {}

  @On('move') move(socket: Socket) {
    socket.nsp.emit('said', { text: 'a' });
  }
  @On('move all') moveAll() {
    this.games.emit('said', { text: 'a' });
  }
  @On('move room') moveRoom(room: string) {
    this.games.to(room).emit('said', { text: 'a' });
  }
  @On('move nothing') moveNothing() {
    this.games.to('room').emit('said', {});
  }
}

/** A client of `/chat`, and the server's socket of it. */
async function meet(
  t: Parameters<typeof startInMemory>[0],
  options: Parameters<typeof startInMemory>[2] = { emits: events },
) {
  const { app, connect, log } = await startInMemory(t, [Chat, Game], options);
  const client = await connect('/chat');
  const chat = app.io.of('/chat');
  return { app, connect, log, client, chat, socket: chat.sockets.get(client.id!)! };
}

function isRefusal(event: string, ...paths: string[]) {
  return (error: unknown): true => {
    assert.ok(error instanceof InvalidEmission, String(error));
    assert.equal(error.event, event);
    assert.deepEqual(
      error.issues.map(({ path }) => path),
      paths,
    );
    return true;
  };
}

/** All names that the client hears until the namespace emits `cleared`. */
async function heard(client: { onAny(listener: (event: string) => void): unknown }, chat: IoNamespace) {
  const names: string[] = [];
  client.onAny((event: string) => names.push(event));
  const end = nextEvent(client as never, 'cleared');
  chat.emit('cleared');
  await end;
  return names;
}

describe('an emission that is declared', () => {
  it('arrives as its class, given as an instance or as a plain object, without keys that have no rule', async (t) => {
    const { client, socket, chat } = await meet(t);
    const given = Object.assign(new Said(), { text: 'hello', password: 'secret' });
    for (const send of [() => socket.emit('said', given), () => chat.emit('said', { ...given })]) {
      const arrived = nextEvent(client, 'said');
      send();
      assert.deepEqual(await arrived, [{ text: 'hello' }]);
    }
    assert.deepEqual({ ...given }, { text: 'hello', password: 'secret' }, 'what was given is as it was');
  });

  it('has nested instances, dates and bytes in it', async (t) => {
    const { client, socket } = await meet(t);
    const letter: Letter = {
      from: new Author('Ann', 'secret'),
      to: [new Author('Bob', 'secret'), { name: 'Carl' }],
      at: new Date(0),
      seal: new Uint8Array([1, 2]),
    };
    const arrived = nextEvent(client, 'letter');
    socket.emit('letter', letter);
    const expected = { from: { name: 'Ann' }, to: [{ name: 'Bob' }, { name: 'Carl' }], at: new Date(0).toISOString() };
    assert.deepEqual(await arrived, [{ ...expected, seal: Buffer.from([1, 2]) }]);
  });

  it('has as many arguments as are declared, each of its type', async (t) => {
    const { client, socket } = await meet(t);
    const sent: [string, ...unknown[]][] = [
      ['moved', { x: 1 }, 2],
      ['drawn', [{ x: 1 }, { x: 2 }]],
      ['named', ['a', 'b']],
      ['bytes', Buffer.from('a')],
      ['anything', [{ at: ['all'] }]],
      ['cleared'],
      ['asked', 'how?'],
    ];
    for (const [event, ...values] of sent) {
      const arrived = nextEvent(client, event);
      socket.emit(event, ...values);
      assert.deepEqual(await arrived, values);
    }
    assert.throws(() => socket.emit('moved', { x: 1 }), isRefusal('moved', '1'));
    assert.throws(() => socket.emit('moved', { x: 'a' }, 2), isRefusal('moved', '0.x'));
    assert.throws(() => socket.emit('drawn', [{ x: 1 }, {}]), isRefusal('drawn', '1.x'));
    assert.throws(() => socket.emit('named', ['a', 1]), isRefusal('named', '1'));
    assert.throws(() => socket.emit('cleared', 1), /1 arguments are more than the 0 declared/);
    assert.throws(() => socket.emit('bytes', 'a'), isRefusal('bytes', ''));
  });

  it('is what toJSON gives, as everywhere in Socket.IO', async (t) => {
    const { client, socket } = await meet(t);
    const arrived = nextEvent(client, 'said');
    socket.emit('said', { secret: 1, toJSON: () => ({ text: 'hello' }) });
    assert.deepEqual(await arrived, [{ text: 'hello' }]);
    assert.throws(() => socket.emit('said', { text: 'hello', toJSON: () => ({}) }), isRefusal('said', 'text', 'text'));
  });

  it('follows the payload options of the application', async (t) => {
    const open = await meet(t, { emits: events, payload: { validator: { whitelist: false } } });
    const arrived = nextEvent(open.client, 'said');
    open.socket.emit('said', { text: 'a', more: 1 });
    assert.deepEqual(await arrived, [{ text: 'a', more: 1 }]);
    const strict = await meet(t, { emits: events, payload: { validator: { forbidNonWhitelisted: true } } });
    assert.throws(() => strict.socket.emit('said', { text: 'a', more: 1 }), isRefusal('said', 'more'));
  });

  it('may ask for an acknowledgement', async (t) => {
    const { client, socket, chat } = await meet(t);
    client.on('asked', (question: string, answer: (value: string) => void) => answer(`${question}!`));
    assert.equal(await socket.emitWithAck('asked', 'how'), 'how!');
    assert.deepEqual(await chat.timeout(5_000).emitWithAck('asked', 'how'), ['how!']);
    assert.equal(await call(socket, 'asked', 'who'), 'who!');
    assert.deepEqual((await callAll(chat, 'asked', 'who')).answers, [{ id: socket.id, value: 'who!' }]);
  });
});

/** Every way to emit, with a value that does not fit. */
const ways: Record<string, (socket: Socket, io: Server) => unknown> = {
  'socket.emit': (socket) => socket.emit('said', { text: 1 }),
  'socket.send': (socket) => socket.send(1),
  'socket.volatile.emit': (socket) => socket.volatile.emit('said', { text: 1 }),
  'socket.broadcast.emit': (socket) => socket.broadcast.emit('said', { text: 1 }),
  'socket.to.emit': (socket) => socket.to('room').emit('said', { text: 1 }),
  'socket.emitWithAck': (socket) => socket.emitWithAck('said', { text: 1 }),
  'socket.timeout.emitWithAck': (socket) => socket.timeout(5).emitWithAck('said', { text: 1 }),
  'namespace.emit': (socket) => socket.nsp.emit('said', { text: 1 }),
  'namespace.send': (socket) => socket.nsp.send(1 as never),
  'namespace.local.emit': (socket) => socket.nsp.local.emit('said', { text: 1 }),
  'namespace.to.emit': (socket) => socket.nsp.to(socket.id).emit('said', { text: 1 }),
  'namespace.except.emit': (socket) => socket.nsp.except('room').emit('said', { text: 1 }),
  'namespace.timeout.emitWithAck': (socket) => socket.nsp.timeout(5).emitWithAck('said', { text: 1 }),
  'io.emit': (_socket, io) => io.emit('said', { text: 1 }),
  'io.of.to.emit': (_socket, io) => io.of('/chat').to('room').emit('said', { text: 1 }),
  call: (socket) => call(socket, 'said', { text: 1 }),
  callAll: (socket) => callAll(socket.nsp.timeout(5), 'said', { text: 1 }),
  'emit of colloquy/ambient': () => emitAmbient('said', { text: 1 }),
  fetchSockets: async (socket) => (await socket.nsp.fetchSockets())[0]!.emit('said', { text: 1 }),
};

describe('an emission of a class with directions', () => {
  class Account {
    @IsString() name!: string;
    @Exclude({ toPlainOnly: true }) @IsString() password!: string;
    @Exclude({ toClassOnly: true }) @IsNumber() id = 7;
    @Transform(({ value }) => Number(value) * 100, { toClassOnly: true }) @IsNumber() price!: number;
  }

  it('sends what instanceToPlain makes of it, whether it was received, made or is a plain object', async (t) => {
    const { client, chat, socket } = await meet(t, {
      emits: { ...events, account: Account, accounts: { each: Account } },
    });
    const plain = { name: 'Ann', password: 'secret', price: 500 };
    const sent = { name: 'Ann', id: 7, price: 500 };
    for (const value of [plain, Object.assign(new Account(), plain)]) {
      const arrived = [nextEvent(client, 'account'), nextEvent(client, 'accounts')];
      socket.emit('account', value);
      chat.emit('accounts', [value]);
      assert.deepEqual(await Promise.all(arrived), [[sent], [[sent]]]);
    }
  });
});

describe('an emission that does not fit', () => {
  for (const [way, emitWrong] of Object.entries(ways)) {
    it(`throws to whoever calls ${way}, and nothing is sent`, async (t) => {
      const { app, client, chat } = await meet(t);
      let thrown: unknown;
      Chat.work = async (socket) => {
        try {
          await emitWrong(socket, app.io);
        } catch (error) {
          thrown = error;
        }
      };
      await client.emitWithAck('work');
      assert.ok(thrown instanceof InvalidEmission, String(thrown));
      assert.ok(thrown.issues.length > 0);
      assert.deepEqual(await heard(client, chat), ['cleared']);
    });
  }

  it('is told with event, path and rule, to the log and not to the client', async (t) => {
    const { client, log } = await meet(t);
    Chat.work = (socket) => socket.emit('said', { text: '' });
    const { error } = await client.emitWithAck('work');
    assert.deepEqual([error.code, Object.keys(error)], ['internal', ['code', 'message', 'id']]);
    const cause = log.find('id', error.id)!.facts['err'];
    assert.ok(cause instanceof InvalidEmission);
    assert.deepEqual(cause.issues, [
      { path: 'text', rule: 'isLength', message: 'text must be longer than or equal to 1 characters' },
    ]);
    assert.match(cause.message, /^The event 'said' was not sent: text: text must be longer/);
    assert.match(cause.stack!, /Chat\.work/);
  });

  it('fails a handler whose result @Emit would send, and refuses a client whose @OnConnect sends it', async (t) => {
    @Namespace('/greeting')
    class Greeting {
      @OnConnect enter(socket: Socket) {
        socket.emit('said', {});
      }
    }
    const { app, connect, refusal } = await startInMemory(t, [Chat, Greeting], { emits: events });
    const client = await connect('/chat');
    const arrived = nextEvent(client, 'said');
    assert.deepEqual(await client.emitWithAck('echo', { text: 'a', more: 1 }), { text: 'a', more: 1 });
    assert.deepEqual(await arrived, [{ text: 'a' }]);
    assert.equal((await client.emitWithAck('echo', 5)).error.code, 'internal');
    assert.deepEqual(await heard(client, app.io.of('/chat')), ['cleared']);
    assert.equal((await refusal('/greeting')).data?.code, 'internal');
  });

  it('leaves nothing behind at the socket: no question, no flag of the next emission', async (t) => {
    const { client, socket } = await meet(t);
    assert.throws(() => socket.timeout(10_000).volatile.emit('said', {}, () => {}), isRefusal('said', 'text', 'text'));
    assert.deepEqual([internalsOf(socket).acks.size, internalsOf(socket).flags], [0, {}]);
    const arrived = nextEvent(client, 'said');
    socket.emit('said', { text: 'next' });
    await arrived;
  });

  it('may be one that cannot be read, or whose rule gave a promise; the cause is there', async (t) => {
    class Slow {
      @IsLate() text!: string;
    }
    class Fragile {
      @Transform(() => {
        throw new Error('fragile');
      })
      @IsString()
      text!: string;
    }
    const { socket } = await meet(t, { emits: { slow: Slow, fragile: Fragile, said: Said, cleared: [] } });
    assert.throws(() => socket.emit('slow', { text: 'a' }), /a rule gave a promise, and an emission does not wait/);
    assert.throws(
      () => socket.emit('fragile', { text: 'a' }),
      (error: Error) => isRefusal('fragile', '')(error) && (error.cause as Error).message === 'fragile',
    );
    const circle: { self?: object } = {};
    circle.self = circle;
    assert.throws(() => socket.emit('said', circle), /could not be read/);
  });
});

/** A rule that answers later without having said so at boot. */
function IsLate(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isLate',
      target: target.constructor,
      propertyName: propertyName as string,
      options: {},
      validator: { validate: () => Promise.resolve(true) },
    });
}

describe('an event that is not declared', () => {
  it('throws, and names those that are', async (t) => {
    const { socket, chat } = await meet(t);
    for (const send of [() => socket.emit('siad', 1), () => chat.emit('siad', 1)]) {
      assert.throws(send, isRefusal('siad', ''));
      assert.throws(send, /'siad' was not sent: `emits` declares only said, moved, /);
    }
  });

  it('passes where it is the own word of the framework or of Socket.IO, or of a namespace without controllers', async (t) => {
    const { app, client, connect } = await meet(t);
    const told = nextEvent<[{ error: { code: string } }]>(client, 'exception');
    client.emit('fail');
    assert.equal((await told)[0].error.code, 'internal');
    assert.equal((await client.emitWithAck('nobody')).error.code, 'unknown_event');
    const admin = app.io.of('/admin');
    const other = await connect('/admin');
    const arrived = nextEvent(other, 'server_stats');
    admin.emit('server_stats', 1);
    assert.deepEqual(await arrived, [1]);
    const gone = nextEvent(client, 'disconnect');
    app.io.of('/chat').disconnectSockets();
    await gone;
  });

  it('passes where nothing is declared, at no cost: the adapter is not touched', async (t) => {
    const { chat, client } = await meet(t, {});
    assert.ok(!Object.hasOwn(chat.adapter, 'broadcast') && !Object.hasOwn(chat, '_initAdapter'));
    const arrived = nextEvent(client, 'whatever');
    chat.emit('whatever', 1);
    assert.deepEqual(await arrived, [1]);
  });
});

describe('emissions are checked', () => {
  it('in a family of namespaces: in one of them, and in all of them, each once', async (t) => {
    const { app, connect } = await startInMemory(t, [Game], { emits: { said: Counted } });
    const [one, two] = [await connect('/game/1'), await connect('/game/2')];
    for (const event of ['move', 'move all', 'move room']) {
      const arrived = nextEvent(one, 'said');
      await (event === 'move' ? one : two).emitWithAck(event, one.id);
      assert.deepEqual(await arrived, [{ text: 'a!' }], event);
    }
    assert.equal((await one.emitWithAck('move nothing')).error.code, 'internal');
    assert.throws(() => app.io.of('/game/1').emit('said', {}), isRefusal('said', 'text'));
  });

  it('whatever adapter the server is given later', async (t) => {
    const { app, client, chat } = await meet(t);
    const { Adapter } = await import('socket.io-adapter');
    app.io.adapter(class Own extends Adapter {} as never);
    assert.equal(chat.adapter.constructor.name, 'Own');
    assert.throws(() => chat.emit('said', {}), isRefusal('said', 'text', 'text'));
    assert.ok(client.connected);
  });

  it('once, also with connection state recovery, where Socket.IO sends everything as a broadcast', async (t) => {
    const { client, socket, chat } = await meet(t, { emits: { said: Counted }, connectionStateRecovery: {} });
    for (const sender of [socket, chat]) {
      const arrived = nextEvent<[object]>(client, 'said');
      sender.emit('said', { text: 'a' });
      assert.deepEqual((await arrived)[0], { text: 'a!' });
    }
    assert.throws(() => socket.emit('said', {}, () => {}), InvalidEmission);
    assert.equal(internalsOf(socket).acks.size, 0);
  });

  it('by the node that sends them; what arrives over the bus is sent as it came', async (t) => {
    const cluster = await createTestCluster(2, (index) => ({
      controllers: [Chat],
      emits: { said: index === 0 ? Said : Number },
    }));
    t.after(() => cluster.close());
    const [one, two] = cluster.nodes as [(typeof cluster.nodes)[0], (typeof cluster.nodes)[0]];
    const client = await two.connect('/chat');
    one.io.of('/chat').emit('said', { text: 'a', more: 1 });
    assert.deepEqual(await client.next('said'), [{ text: 'a' }]);
    assert.throws(() => two.io.of('/chat').emit('said', { text: 'a' }), isRefusal('said', ''));
  });
});

it('what may be sent stands in app.table', async () => {
  const app = await createApp({ controllers: [Chat], emits: events, logger: false });
  const rows = app.table.filter(({ kind }) => kind === 'emission').map((row) => [row.event, row.arguments.join(', ')]);
  assert.deepEqual(Object.fromEntries(rows), {
    said: 'Said',
    moved: 'Point, number',
    drawn: 'Point[]',
    named: 'string[]',
    letter: 'Letter',
    bytes: 'Buffer',
    anything: 'unknown',
    cleared: '',
    message: 'string',
    asked: 'string',
  });
  await app.close();
});

it('what is given is not changed, so that it can be emitted again: its discriminators stay', async (t) => {
  class Shape {
    @IsString() id!: string;
  }
  class Circle extends Shape {
    @IsNumber() r!: number;
  }
  const discriminator = { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] };
  class Drawn {
    @ValidateNested() @Type(() => Shape, { discriminator }) shape!: Shape;
    @ValidateNested({ each: true }) @Type(() => Shape, { discriminator }) more!: Shape[];
  }
  const circle = { kind: 'circle', id: 'a', r: 1 };
  const state = Object.freeze({ shape: Object.freeze({ ...circle }), more: [{ ...circle }] });
  const { app, connect } = await startInMemory(t, [Chat], {
    emits: { ...events, drawn: Drawn },
    connectionStateRecovery: {},
  });
  const client = await connect('/chat');
  const received: unknown[] = [];
  client.on('drawn', (value: unknown) => received.push(value));
  Chat.work = (socket) => {
    for (let n = 0; n < 2; n++) socket.emit('drawn', state);
    app.io.of('/chat').emit('drawn', state);
  };
  await client.emitWithAck('work');
  const sent = { shape: circle, more: [circle] };
  assert.deepEqual(received, [sent, sent, sent]);
  assert.deepEqual(state, { shape: circle, more: [circle] });
});
