import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespace as IoNamespace, Server, Socket } from 'socket.io';
import { container, inject, injectable, Lifecycle, scoped, singleton } from 'tsyringe';
import {
  createApp,
  InjectNamespace,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  Use,
  type EventContext,
  type Middleware,
  type MiddlewareObject,
  type Next,
} from '../../src/index.js';
import { start } from '../support/app.js';
import { undisturbed } from '../support/undisturbed.js';
import { deferred, nextEvent, until } from '../support/wait.js';

@injectable()
class Clock {
  now() {
    return 42;
  }
}

@singleton()
class Counter {
  count = 0;
}

test('a controller is built once, with services of the global container', async (t) => {
  let built = 0;
  @Namespace('/di')
  class Controller {
    constructor(
      readonly clock: Clock,
      readonly counter: Counter,
    ) {
      built++;
    }
    @On() now() {
      this.counter.count++;
      return this.clock.now();
    }
  }
  const { connect } = await start(t, [Controller]);
  const [a, b] = await Promise.all([connect('/di'), connect('/di')]);
  assert.equal(await a.emitWithAck('now'), 42);
  assert.equal(await b.emitWithAck('now'), 42);
  assert.equal(built, 1);
  assert.equal(container.resolve(Counter).count, 2);
});

test('a class that serves two namespaces is built once', async (t) => {
  let built = 0;
  @Namespace('/one')
  @Namespace('/two')
  class Controller {
    constructor() {
      built++;
    }
    @On() work() {}
  }
  await start(t, [Controller]);
  assert.equal(built, 1);
});

test('a controller without handlers is built too', async (t) => {
  let built = 0;
  @Namespace('/di')
  class Controller {
    constructor(@InjectNamespace() readonly own: IoNamespace) {
      built++;
    }
  }
  await start(t, [Controller]);
  assert.equal(built, 1);
});

test('a container of your own is used, and neither polluted nor closed', async (t) => {
  const own = container.createChildContainer();
  own.register('name', { useValue: 'own' });
  let disposed = 0;
  @injectable()
  class Service {
    dispose() {
      disposed++;
    }
  }
  @Namespace('/di')
  class Controller {
    constructor(
      @inject('name') readonly name: string,
      readonly service: Service,
    ) {}
    @On() who() {
      return this.name;
    }
  }
  const { connect, app } = await start(t, [Controller], { container: own });
  assert.equal(await (await connect('/di')).emitWithAck('who'), 'own');
  assert.equal(own.isRegistered(Server as never), false);
  assert.equal(app.container.resolve('name'), 'own');
  await app.close();
  assert.equal(disposed, 1);
  assert.equal(own.resolve('name'), 'own');
});

test('Server is injected by its type; namespaces by @InjectNamespace, own and named; before listen', async (t) => {
  @injectable()
  class Herald {
    constructor(
      readonly io: Server,
      @InjectNamespace('/di') readonly namespace: IoNamespace,
    ) {}
  }
  @Namespace('/di')
  class Controller {
    constructor(
      readonly io: Server,
      @InjectNamespace() readonly own: IoNamespace,
      @InjectNamespace('/other') readonly other: IoNamespace,
      readonly herald: Herald,
    ) {
      assert.equal(own.name, '/di');
      own.on('connection', (socket: Socket) => socket.emit('hello', 'from the constructor'));
    }
    @On() shout() {
      this.other.emit('shouted', 1);
      this.herald.namespace.emit('shouted', 2);
      return this.io === this.herald.io && this.io.of('/di') === this.own;
    }
  }
  @Namespace('/other')
  class Other {
    @On() work() {}
  }
  const { connect, client, app } = await start(t, [Controller, Other]);
  const other = await connect('/other');
  const socket = client('/di');
  assert.deepEqual(await nextEvent(socket, 'hello'), ['from the constructor']);
  const both = [nextEvent(other, 'shouted'), nextEvent(socket, 'shouted')];
  assert.equal(await socket.emitWithAck('shout'), true);
  assert.deepEqual(await Promise.all(both), [[1], [2]]);
  assert.equal(app.container.resolve(Server as never), app.io);
});

test('several applications share a @singleton(), with the namespace of the first; scoped, each has its own', async (t) => {
  @singleton()
  class Shared {
    constructor(@InjectNamespace('/di') readonly namespace: IoNamespace) {}
  }
  @scoped(Lifecycle.ContainerScoped)
  class Own {
    constructor(@InjectNamespace('/di') readonly namespace: IoNamespace) {}
  }
  @Namespace('/di')
  class Controller {
    constructor(
      readonly shared: Shared,
      readonly own: Own,
    ) {}
    @On() work() {}
  }
  const [first, second] = [await start(t, [Controller]), await start(t, [Controller])];
  for (const { app } of [first, second]) {
    assert.equal(app.container.resolve(Shared).namespace, first.app.io.of('/di'));
    assert.equal(app.container.resolve(Own).namespace, app.io.of('/di'));
  }
});

test('the namespace of a family reaches all of its members', async (t) => {
  @Namespace('/game/:id')
  class Game {
    constructor(@InjectNamespace() readonly games: IoNamespace) {}
    @On() all() {
      this.games.emit('all');
    }
  }
  const { connect } = await start(t, [Game]);
  const [one, two] = await Promise.all([connect('/game/1'), connect('/game/2')]);
  const heard = [nextEvent(one, 'all'), nextEvent(two, 'all')];
  one.emit('all');
  await Promise.all(heard);
});

for (const [what, mistake] of Object.entries({
  'a namespace that nobody serves': InjectNamespace('/nobody'),
  'its own namespace, of a class without one': InjectNamespace(),
})) {
  test(`asking for ${what} is a mistake at boot`, async () => {
    @injectable()
    class Service {
      constructor(readonly namespace: IoNamespace) {}
    }
    mistake(Service as never, undefined, 0);
    @Namespace('/di')
    class Controller {
      constructor(readonly service: Service) {}
      @On() work() {}
    }
    // The parameter decorator came after @injectable, so the class is made injectable anew.
    injectable()(Service);
    await assert.rejects(createApp({ controllers: [Controller], logger: false }), /namespace/);
  });
}

test('a connection scope: one instance for each socket, disposed of at disconnect', async (t) => {
  const built: string[] = [];
  const disposed: string[] = [];
  @scoped(Lifecycle.ContainerScoped)
  class Session {
    user = 'nobody';
    dispose() {
      disposed.push(`session ${this.user}`);
    }
  }
  @Namespace('/di', { scope: 'connection' })
  class Controller {
    calls = 0;
    constructor(
      readonly socket: Socket,
      readonly session: Session,
      readonly counter: Counter,
      readonly io: Server,
    ) {
      built.push(socket.id);
    }
    @OnConnect enter() {
      this.session.user = this.socket.handshake.auth['name'] as string;
    }
    @On() count(socket: Socket) {
      return [++this.calls, this.session.user, socket === this.socket];
    }
    @OnDisconnect leave() {
      disposed.push(`leave ${this.session.user} after ${this.calls}`);
    }
    async dispose() {
      await Promise.resolve();
      disposed.push(`controller ${this.session.user}`);
    }
  }
  const { connect } = await start(t, [Controller]);
  const ada = await connect('/di', { auth: { name: 'ada' } });
  const bob = await connect('/di', { auth: { name: 'bob' } });
  assert.deepEqual(await ada.emitWithAck('count'), [1, 'ada', true]);
  assert.deepEqual(await ada.emitWithAck('count'), [2, 'ada', true]);
  assert.deepEqual(await bob.emitWithAck('count'), [1, 'bob', true]);
  assert.deepEqual(built, [ada.id, bob.id]);
  ada.disconnect();
  await until(() => disposed.length === 3, 'the end of the session');
  assert.deepEqual(disposed.toSorted(), ['controller ada', 'leave ada after 2', 'session ada']);
  assert.equal(disposed[0], 'leave ada after 2');
  assert.deepEqual(await bob.emitWithAck('count'), [2, 'bob', true]);
});

test('a connection scope stays one where the class serves another namespace with one object', async (t) => {
  @Namespace('/each', { scope: 'connection' })
  @Namespace('/one')
  class Both {
    secret = 'none';
    @On() set(secret: string) {
      this.secret = secret;
    }
    @On() get() {
      return this.secret;
    }
  }
  const { connect } = await start(t, [Both]);
  const told: unknown[] = [];
  for (const path of ['/each', '/one']) {
    const [ada, bob] = [await connect(path), await connect(path)];
    await ada.emitWithAck('set', path);
    told.push(await ada.emitWithAck('get'), await bob.emitWithAck('get'));
  }
  assert.deepEqual(told, ['/each', 'none', '/one', '/one']);
});

test('a connection scope of a refused client is disposed of, and a dispose that fails disturbs nobody', async (t) => {
  let disposed = 0;
  @Namespace('/di', { scope: 'connection' })
  class Controller {
    @OnConnect enter() {
      return false;
    }
    dispose() {
      disposed++;
      return Promise.reject(new Error('cannot be disposed of'));
    }
  }
  const { refusal, log } = await start(t, [Controller]);
  await undisturbed(async () => {
    await refusal('/di');
    await until(() => disposed === 1, 'dispose');
  });
  assert.equal((log.at('error')[0]?.facts['err'] as Error).message, 'cannot be disposed of');
});

test('a message that is still being checked when its client leaves builds nothing anew', async (t) => {
  const open = deferred();
  const checking = deferred();
  let built = 0;
  let disposed = 0;
  const Late = (await import('../../src/index.js')).createParamDecorator(() => {
    checking.resolve();
    return open.promise;
  }, 'Late');
  @Namespace('/di', { scope: 'connection' })
  class Controller {
    constructor() {
      built++;
    }
    @OnConnect enter() {}
    @On() work(@Late() _late: unknown) {}
    dispose() {
      disposed++;
    }
  }
  const { connect } = await start(t, [Controller]);
  const socket = await connect('/di');
  socket.emit('work');
  await checking.promise;
  socket.disconnect();
  await until(() => disposed === 1, 'dispose');
  open.resolve();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(built, disposed);
});

test('a class may be a middleware; the container builds it once', async (t) => {
  let built = 0;
  @injectable()
  class Stamp implements MiddlewareObject {
    constructor(readonly clock: Clock) {
      built++;
    }
    async use(context: EventContext, next: Next) {
      if (context.kind !== 'event') return next();
      return [this.clock.now(), await next()];
    }
  }
  const plain: Middleware = (_context, next) => next();
  @Namespace('/di')
  @Use(Stamp, plain)
  class Controller {
    @On()
    @Use(Stamp)
    work() {
      return 'work';
    }
  }
  const { connect, app } = await start(t, [Controller]);
  assert.deepEqual(await (await connect('/di')).emitWithAck('work'), [42, [42, 'work']]);
  assert.equal(built, 1);
  assert.deepEqual(app.table[0]?.middleware, ['Stamp', 'plain', 'Stamp']);
});

test('a controller is one object for the container too: services and other controllers get the one that answers', async (t) => {
  @Namespace('/counter')
  class Counter {
    count = 0;
    @On() add(): number {
      return ++this.count;
    }
  }
  @Namespace('/reader')
  class Reader {
    constructor(readonly counter: Counter) {}
    @On() read(): number {
      return this.counter.count;
    }
  }
  const { app, connect } = await start(t, [Reader, Counter]);
  await (await connect('/counter')).emitWithAck('add');
  assert.equal(await (await connect('/reader')).emitWithAck('read'), 1);
  assert.equal(app.container.resolve(Counter).count, 1);
});
