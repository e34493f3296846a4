/** What boot once passed over without a word: each kind is told with its remedy, and what is right beside it is not. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { IsString } from 'class-validator';
import { container, injectable } from 'tsyringe';
import {
  Background,
  createApp,
  Data,
  Emit,
  InjectNamespace,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  OnJoin,
  Payload,
  Query,
  SocketId,
  Use,
  type AppOptions,
  type EventContext,
} from '../../../src/index.js';
import { Socket, type Namespace as IoNamespace } from 'socket.io';
import { recordingLog } from '../../support/log.js';
import { startInMemory } from '../../support/kit.js';
import * as module from './files/good.controller.js';
import { assertMistake, mistake, mistakes } from './mistakes.js';

class Say {
  @IsString() text!: string;
}
@Namespace('/fine')
class Fine {
  @On() say(_say: Say) {}
}

/** Fails unless the program starts without a warning. */
async function accepted(controllers: AppOptions['controllers'], options: Partial<AppOptions> = {}): Promise<void> {
  const logger = recordingLog();
  const app = await createApp({ controllers, logger, printTable: false, ...options });
  await app.close();
  assert.deepEqual(
    logger.at('warn').map(({ message }) => message),
    [],
  );
}

describe('something else than a class', () => {
  class Service {}
  const given: readonly [name: string, value: unknown, what: RegExp, fix: RegExp][] = [
    ['an instance', new Fine(), /an instance of Fine/, /Fine, without `new`/],
    ['a promise', Promise.resolve(module), /a promise/, /await it/],
    ['a module', module, /a module \(it exports .*Good/, /module\.\w+/],
    ['a compiled module', { __esModule: true, Fine }, /a module \(it exports Fine\)/, /module\.Fine/],
    ['a list', [Fine], /a list/, /brackets/],
    ['an arrow function', () => Fine, /the function/, /name the class itself/],
    ['a number', 5, /5/, /name the class/],
    ['null', null, /null/, /name the class/],
    ['undefined', undefined, /undefined.*cycle/, /break the cycle/],
  ];
  for (const [name, value, what, fix] of given) {
    it(`in \`controllers\` is named, with how it is meant: ${name}`, async () => {
      assertMistake(await mistake([Fine, value as never]), 'controllers[1]', what, fix);
    });
    if (name === 'an arrow function') continue;
    it(`in \`services\` is named, with how it is meant: ${name}`, async () => {
      assertMistake(await mistake([Fine], { services: [Service, value as never] }), 'services', what, fix);
    });
    it(`in @Use, @OnError, @Payload and \`use\` is named: ${name}`, async () => {
      @Namespace('/uses')
      class Uses {
        @On() @Use(value as never) use() {}
        @On() type(@Payload({ type: value as never }) _say: unknown) {}
        @On() each(@Payload({ each: value as never }) _say: unknown) {}
        @OnError(value as never) failed() {}
      }
      const problems = await mistakes([Uses], { use: [value as never] });
      assert.equal(problems.length, 5);
      for (const problem of problems) assert.match(problem.what, what);
    });
  }
});

describe('a class that handles nothing', () => {
  it('is a mistake if none of its methods is a handler', async () => {
    class Parent {
      inherited() {}
    }
    @Namespace('/idle')
    class Idle extends Parent {
      say() {}
    }
    const problem = await mistake([Idle]);
    assertMistake(problem, 'Idle', /nothing calls say, inherited/, /@On\(\)/);
    assert.equal(problem.code, 'no_handlers');
  });

  it('is right if it has something else to do', async () => {
    @Namespace('/background')
    class Working {
      @Background() work() {}
    }
    @Namespace('/guarded')
    @Use((_context: EventContext, next: () => unknown) => next())
    class Guarded {
      helper() {}
    }
    @Namespace('/sending')
    class Sending {
      constructor(@InjectNamespace() readonly namespace: IoNamespace) {}
      send() {}
    }
    class Handling {
      @On() say(_say: Say) {}
    }
    @Namespace('/inherits')
    class Inheriting extends Handling {}
    @Namespace('/entering')
    class Entering {
      @OnConnect enter() {}
    }
    await accepted([Working, Guarded, Sending, Inheriting, Entering]);
  });

  class Work {
    @Background() work() {}
  }
  class Guard {
    use() {}
  }
  class Chat {
    @On() say() {}
  }
  const belongs: readonly [name: string, type: new () => object, fix: RegExp][] = [
    ['background work', Work, /`services` instead of `controllers`/],
    ['a middleware', Guard, /`use` instead of `controllers`/],
    ['handlers', Chat, /@Namespace\('\/…'\)/],
  ];
  for (const [name, type, fix] of belongs) {
    it(`and has no @Namespace is told where it belongs: ${name}`, async () => {
      assert.match((await mistake([type])).fix, fix);
    });
  }

  it('`controllers: []` is told of, unless functions or services are there', async () => {
    const warnings = async (options: object, add: boolean): Promise<string[]> => {
      const logger = recordingLog();
      const app = await createApp({ controllers: [], logger, printTable: false, ...options });
      if (add) app.on('/', 'event', () => 1);
      await new Promise((resolve) => setImmediate(resolve));
      await app.close();
      return logger.at('warn').map(({ message }) => message);
    };
    assert.match((await warnings({}, false)).join(), /\[no_controllers\]/);
    assert.deepEqual(await warnings({}, true), []);
    assert.deepEqual(await warnings({ services: [class Service {}] }, false), []);
    assert.deepEqual(await warnings({ checks: { no_controllers: 'off' } }, false), []);
    assert.equal((await mistake([], { checks: { no_controllers: 'refuse' } })).code, 'no_controllers');
  });
});

describe('a decorated method that nothing calls', () => {
  it('is told of, whichever its decorators are', async () => {
    @Namespace('/stray')
    class Stray {
      @On() work() {}
      param(@SocketId() _id: string) {}
      @Use((_context, next) => next()) used() {}
      @Emit('said') emits() {}
    }
    const problems = await mistakes([Stray]);
    assert.deepEqual(
      problems.map(({ code, where }) => [code, where]),
      ['param', 'used', 'emits'].map((method) => ['method_without_handler', `Stray.${method}`]),
    );
  });

  it('of a parent is called if one of the children calls it', async () => {
    abstract class Parent {
      say(@SocketId() id: string): string {
        return id;
      }
      @On() other() {}
    }
    @Namespace('/a')
    class A extends Parent {
      @On() override say(@SocketId() id: string) {
        return super.say(id);
      }
    }
    @Namespace('/b')
    class B extends Parent {}
    await accepted([A, B]);
    assertMistake(await mistake([B]), 'Parent.say', /nothing calls it/, /@On\(\)/);
  });

  it('is a method of the class, or no method at all: a static one and a property are named', async () => {
    class Wrong {
      static still() {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Wrong, 'still')!;
    On(Wrong as never, 'still', descriptor);
    (On as (...args: unknown[]) => void)(Wrong.prototype, 'bare', undefined);
    (On('called') as (...args: unknown[]) => void)(Wrong.prototype, 'called', undefined);
    (Background as unknown as (...args: unknown[]) => void)(Wrong.prototype, 'work', undefined);
    Namespace('/wrong')(Wrong);
    const problems = await mistakes([Wrong]);
    assert.deepEqual(
      problems.map(({ code, where, what }) => [code, where, /static|property/.exec(what)?.[0]]),
      [
        ['not_a_method', 'Wrong.still', 'static'],
        ['not_a_method', 'Wrong.bare', 'property'],
        ['not_a_method', 'Wrong.called', 'property'],
        ['not_a_method', 'Wrong.work', 'property'],
      ],
    );
  });
});

describe('a parameter of a lifecycle handler', () => {
  @Namespace('/wrong')
  class Wrong {
    @OnConnect text(_socket: Socket, _x: string) {}
    @OnConnect byDefault(_x: number = 1) {}
    @OnConnect list(@Payload({ each: Say }) _says: Say[]) {}
    @OnConnect later(_auth: Say, _say: Say) {}
    @OnConnect second(@Payload(1) _n: number) {}
    @OnConnect anything(_auth: Say, _socket: unknown) {}
    @OnDisconnect dtoLeft(_say: Say) {}
    @OnDisconnect third(_reason: string, _description: unknown, _more: string) {}
    @OnJoin joined(_room: string, _who: string) {}
    @OnJoin number(_room: number) {}
  }
  it('is a mistake if nothing fills it, or something else', async () => {
    const problems = await mistakes([Wrong]);
    assert.deepEqual(
      problems.map(({ code, where }) => [code, where]),
      [
        ['text', 2],
        ['byDefault', 1],
        ['list', 1],
        ['later', 2],
        ['second', 1],
        ['anything', 2],
        ['dtoLeft', 1],
        ['third', 3],
        ['joined', 2],
        ['number', 1],
      ].map(([method, index]) => ['lifecycle_argument', `Wrong.${method}, parameter ${index}`]),
    );
    assert.match(problems[0]!.what, /every client would be refused/);
    assert.match(problems[0]!.fix, /@Auth\('token'\)/);
    assert.match(problems[5]!.fix, /without `type`/);
  });

  it('is right as a class of what the client sends, with a default, or if the method handles an event too', async (t) => {
    const seen: unknown[] = [];
    @Namespace('/right')
    class Right {
      @OnConnect auth(_say: Say, _x: string = 'a') {}
      @OnConnect property(@Payload('text') _text: string) {}
      @OnConnect optional(@Payload(1, { type: Say, optional: true }) _say: Say | undefined) {}
      @OnConnect query(@Query('x') _x: string = '') {}
      @OnConnect @On('hello') both(_auth: unknown, value: unknown) {
        seen.push(value);
      }
      @OnDisconnect leave(_reason: string, _description: unknown) {}
      @OnDisconnect any(_reason: unknown) {}
      @OnJoin joined(_room: string) {}
    }
    await accepted([Right], { unvalidated: 'allow' });
    const { connect } = await startInMemory(t, [Right], { unvalidated: 'allow' });
    const client = await connect('/right', { auth: { text: 'a' } });
    await client.emitWithAck('hello', 'there', 'you');
    assert.deepEqual(seen, [undefined, 'you']);
  });
});

it("'connection' and the reserved names are told with what to use instead", async () => {
  const names: readonly [event: string, code: string, fix: RegExp][] = [
    ['connection', 'connection_event', /@OnConnect/],
    ['connect', 'event_name', /@OnConnect/],
    ['disconnect', 'event_name', /@OnDisconnect/],
    ['disconnecting', 'event_name', /@OnDisconnect with @Rooms/],
    ['error', 'event_name', /@OnError/],
  ];
  for (const [event, code, fix] of names) {
    @Namespace('/names')
    class Names {
      @On(event) handle() {}
    }
    const problem = await mistake([Names]);
    assert.equal(problem.code, code);
    assert.match(problem.fix, fix);
  }
});

describe('work that runs once in a cluster', () => {
  const work = (options: object, name = 'Cleaner'): new () => object => {
    const type = { [name]: class {} }[name]!;
    Object.defineProperty(type.prototype, 'clean', { value: () => undefined, configurable: true });
    Reflect.defineMetadata('design:type', Function, type.prototype as object, 'clean');
    Reflect.defineMetadata('design:paramtypes', [], type.prototype as object, 'clean');
    const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'clean')!;
    Background({ once: 'cluster', ...options })(type.prototype as never, 'clean', descriptor as never);
    return type;
  };

  it('of one name twice is a mistake, whether the name is given or not', async () => {
    const pairs: readonly (readonly [object, object])[] = [
      [{}, {}],
      [{ key: 'a' }, { key: 'a' }],
      [{}, { key: 'Cleaner.clean' }],
    ];
    for (const [first, second] of pairs) {
      const problem = await mistake([Fine], { services: [work(first), work(second)] });
      assertMistake(problem, 'Cleaner.clean', /only one of them would run/, /key: 'clean-up'/);
      assert.equal(problem.code, 'background_key');
    }
  });

  it('is right with names of their own, and its lease has the name that is given', async (t) => {
    const names: string[] = [];
    const lease = {
      hold(name: string) {
        names.push(name);
        return () => {};
      },
    };
    const services = [work({}), work({ key: 'other' }), work({ once: undefined }), work({}, 'Sweeper')];
    await startInMemory(t, [Fine], { services, lease });
    assert.deepEqual(names, ['Cleaner.clean', 'other', 'Sweeper.clean']);
  });

  it('takes a key that is a name, and only then', async () => {
    for (const options of [{ key: '' }, { key: 5 }, { once: undefined, key: 'a' }]) {
      assert.equal((await mistake([Fine], { services: [work(options)] })).code, 'background_option');
    }
  });

  it('may have parameters with defaults', async () => {
    @injectable()
    class Service {
      @Background() work(_signal: AbortSignal, _attempts = 3, ..._more: string[]) {}
    }
    await accepted([Fine], { services: [Service] });
  });
});

describe('a controller that a container has already', () => {
  interface Store {
    get(): string;
  }
  for (const options of [{}, { scope: 'connection' }] as const) {
    it(`needs no classes in its constructor: ${JSON.stringify(options)}`, async () => {
      @Namespace('/given', options)
      class Given {
        constructor(readonly store: Store) {}
        @On() get() {
          return this.store.get();
        }
      }
      await mistake([Given]);
      const child = container.createChildContainer();
      child.register(Given, { useFactory: () => new Given({ get: () => 'x' }) });
      await accepted([Given], { container: child });
    });
  }
});

it('socket.data may be of a class and of one that extends it', async () => {
  class Parent {}
  class Child extends Parent {}
  class Other extends Parent {}
  @Namespace('/data')
  class Right {
    @On() parent(@Data() _data: Parent) {}
    @On() child(@Data() _data: Child) {}
  }
  @Namespace('/data')
  class Wrong extends Right {
    @On() other(@Data() _data: Other) {}
  }
  await accepted([Right]);
  assert.equal((await mistake([Wrong])).code, 'data_class');
});

describe('`http` and `static` beside attach', () => {
  const page: RequestListener = (_request, response) => void response.end('page');
  const own: RequestListener = (_request, response) => void response.end('own');
  for (const [name, options] of [
    ['http', { http: page }],
    ['static', { static: 'docs' }],
    ['http and static', { http: page, static: 'docs' }],
  ] as const) {
    it(`are an error if the server answers requests itself: ${name}`, async () => {
      const app = await createApp({ controllers: [Fine], logger: false, ...options });
      assert.throws(
        () => app.attach(createServer(own)),
        /has a request listener of its own.*(`http`|`static`).*leave/s,
      );
      await app.close();
    });
  }

  it('serve the pages of a server without a listener, and the same listener may be on both', async () => {
    for (const server of [createServer(), createServer(page)]) {
      const app = await createApp({ controllers: [Fine], logger: false, http: page });
      app.attach(server);
      await new Promise<void>((resolve) => server.listen(0, resolve));
      const { port } = server.address() as { port: number };
      assert.equal(await (await fetch(`http://localhost:${port}/`)).text(), 'page');
      await app.close();
      server.close();
    }
  });

  it('are told of once if a listener that was added later answers', async () => {
    const logger = recordingLog();
    const app = await createApp({ controllers: [Fine], logger, http: page });
    const server = createServer();
    app.attach(server);
    server.on('request', own);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as { port: number };
    for (let i = 0; i < 2; i++) assert.equal(await (await fetch(`http://localhost:${port}/`)).text(), 'own');
    await app.close();
    server.close();
    assert.equal(logger.at('warn').filter(({ message }) => /another request listener/.test(message)).length, 1);
  });
});
