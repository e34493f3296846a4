import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  container,
  inject,
  injectable,
  injectAll,
  instanceCachingFactory,
  Lifecycle,
  scoped,
  singleton,
} from 'tsyringe';
import { Namespace, On } from '../../../src/index.js';
import { boot } from './support.js';

@singleton()
class Counter {
  count = 0;
  next(): number {
    return ++this.count;
  }
}

@injectable()
class Clock {
  now(): number {
    return 1;
  }
}

@scoped(Lifecycle.ContainerScoped)
class Session {
  calls = 0;
}

@singleton()
class Deep {
  constructor(
    readonly counter: Counter,
    readonly clock: Clock,
  ) {}
}

@Namespace('/')
class Counting {
  constructor(
    readonly counter: Counter,
    readonly deep: Deep,
    @inject('greeting') readonly greeting: string,
    @injectAll('plugin') readonly plugins: string[],
  ) {}
  @On('next') next() {
    return [this.counter.next(), this.deep.counter.count, this.deep.clock.now(), this.greeting, this.plugins];
  }
}

@Namespace('/session', { scope: 'connection' })
class PerConnection {
  constructor(readonly session: Session) {}
  @On('call') call() {
    return ++this.session.calls;
  }
}

container.register('greeting', { useValue: 'hello' });
container.register('plugin', { useValue: 'a' });
container.register('plugin', { useValue: 'b' });

const controllers = [Counting, PerConnection];

describe('two test applications', () => {
  test('share no instance of a singleton, nor does the program itself', async () => {
    const [one, two] = [await boot({ controllers }), await boot({ controllers })];
    const [first, second] = [await one.connect(), await two.connect()];
    assert.deepEqual(await first.call('next'), [1, 1, 1, 'hello', ['a', 'b']]);
    assert.deepEqual(await first.call('next'), [2, 2, 1, 'hello', ['a', 'b']]);
    assert.deepEqual(await second.call('next'), [1, 1, 1, 'hello', ['a', 'b']]);
    assert.equal(container.resolve(Counter).count, 0);
    assert.equal(one.container.resolve(Counter).count, 2);
  });

  test('do not see what was registered, or built, in a container of one of them', async () => {
    const mine = container.createChildContainer();
    mine.register('greeting', { useValue: 'mine' });
    const child = mine.createChildContainer();
    child.resolve(Counter).count = 7;
    const app = await boot({ controllers, container: child });
    const other = await boot({ controllers });
    assert.deepEqual((await (await app.connect()).call<unknown[]>('next')).slice(0, 4), [1, 1, 1, 'mine']);
    assert.equal((await (await other.connect()).call<unknown[]>('next'))[3], 'hello');
    container.resolve(Counter).count = 0;
  });

  test('give each connection its own of what is scoped to the container', async () => {
    const app = await boot({ controllers });
    const [one, two] = [await app.connect('/session'), await app.connect('/session')];
    assert.deepEqual([await one.call('call'), await one.call('call'), await two.call('call')], [1, 2, 1]);
  });

  test('share no singleton of a file that is found by a glob', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'colloquy-'));
    const library = (name: string): string => JSON.stringify(import.meta.resolve(name));
    const index = JSON.stringify(new URL('../../../src/index.js', import.meta.url).href);
    await writeFile(
      join(folder, 'found.controller.mjs'),
      `import tsyringe from ${library('tsyringe')};
      import { Namespace, On } from ${index};
      class Found { count = 0 }
      tsyringe.singleton()(Found);
      export class FoundController { constructor(found) { this.found = found } next() { return ++this.found.count } }
      Reflect.defineMetadata('design:paramtypes', [Found], FoundController);
      Reflect.defineMetadata('design:type', Function, FoundController.prototype, 'next');
      Reflect.defineMetadata('design:paramtypes', [], FoundController.prototype, 'next');
      On('next')(FoundController.prototype, 'next', Object.getOwnPropertyDescriptor(FoundController.prototype, 'next'));
      Namespace('/found')(FoundController);`,
    );
    const globs = { controllers: ['*.controller.mjs'], cwd: folder, importer: (url: string) => import(url) };
    for (let apps = 0; apps < 2; apps++) {
      assert.equal(await (await (await boot(globs)).connect('/found')).call('next'), 1);
    }
  });
});

describe('an override', () => {
  test('takes the place of a class, a text or a symbol, in one application only', async () => {
    const overrides = [
      { token: Clock, useValue: { now: () => 42 } },
      { token: 'greeting', useFactory: () => 'hi' },
      { token: 'plugin', useValue: 'only' },
    ];
    const app = await boot({ controllers, overrides });
    const other = await boot({ controllers });
    assert.deepEqual(await (await app.connect()).call('next'), [1, 1, 42, 'hi', ['only']]);
    assert.deepEqual(await (await other.connect()).call('next'), [1, 1, 1, 'hello', ['a', 'b']]);
  });

  test('by a class or a factory is made as often as what it replaces', async () => {
    class Fixed extends Counter {
      override count = 10;
    }
    const byClass = await boot({ controllers, overrides: [{ token: Counter, useClass: Fixed }] });
    assert.deepEqual((await (await byClass.connect()).call<unknown[]>('next')).slice(0, 2), [11, 11]);
    const made: Counter[] = [];
    const useFactory = (): Counter => {
      const counter = new Counter();
      made.push(counter);
      return counter;
    };
    const byFactory = await boot({ controllers, overrides: [{ token: Counter, useFactory }] });
    assert.deepEqual((await (await byFactory.connect()).call<unknown[]>('next')).slice(0, 2), [1, 1]);
    assert.equal(made.length, 1);
    const perConnection = await boot({
      controllers,
      overrides: [{ token: Session, useFactory: () => ({ calls: 100 }) }],
    });
    const [one, two] = [await perConnection.connect('/session'), await perConnection.connect('/session')];
    assert.deepEqual([await one.call('call'), await one.call('call'), await two.call('call')], [101, 102, 101]);
  });

  test('of what was never registered is enough to build it', async () => {
    abstract class Port {
      abstract send(): string;
    }
    @Namespace('/')
    class Sending {
      constructor(readonly port: Port) {}
      @On('send') send() {
        return this.port.send();
      }
    }
    const app = await boot({
      controllers: [Sending],
      overrides: [{ token: Port, useValue: { send: () => 'sent' } }],
    });
    assert.equal(await (await app.connect()).call('send'), 'sent');
  });

  test('leaves alone what a factory of the program itself keeps', async () => {
    container.register('kept', { useFactory: instanceCachingFactory(() => ({})) });
    const [one, two] = [await boot({ controllers }), await boot({ controllers })];
    assert.equal(one.container.resolve('kept'), two.container.resolve('kept'));
    const overrides = [{ token: 'kept', useValue: 1 }];
    assert.equal((await boot({ controllers, overrides })).container.resolve('kept'), 1);
  });
});
