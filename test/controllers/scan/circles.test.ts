/** Services that need each other are found before the container is asked. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container, delay, inject, injectable, Lifecycle, singleton, type DependencyContainer } from 'tsyringe';
import { createApp, Namespace, On, type SetupError } from '../../../src/index.js';

/** The mistakes of a controller that needs a service by this token. */
async function mistakes(
  scope: DependencyContainer,
  token: string,
  each: 'app' | 'connection',
): Promise<SetupError['problems']> {
  @Namespace('/circle', { scope: each })
  class Controller {
    constructor(@inject(token) readonly service: unknown) {}
    @On() ping() {}
  }
  try {
    await (await createApp({ controllers: [Controller], container: scope, logger: false })).close();
  } catch (error) {
    return (error as SetupError).problems;
  }
  return [];
}

for (const scope of ['app', 'connection'] as const) {
  for (const lifecycle of [Lifecycle.Transient, Lifecycle.Singleton, Lifecycle.ContainerScoped]) {
    test(`a circle of two services through tokens is one short line: ${scope}, ${Lifecycle[lifecycle]}`, async () => {
      @injectable()
      class A {
        constructor(@inject('b') readonly b: unknown) {}
      }
      @injectable()
      class B {
        constructor(@inject('a') readonly a: unknown) {}
      }
      const child = container.createChildContainer();
      child.register('a', { useClass: A }, { lifecycle });
      child.register('b', { useClass: B }, { lifecycle });
      const problems = await mistakes(child, 'a', scope);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]!.code, 'service_circle');
      assert.match(problems[0]!.what, /A → B → A/);
      assert.match(problems[0]!.fix, /delay\(/);
      assert.ok(problems[0]!.what.length < 100);
    });
  }

  test(`a circle of many, through aliases and classes, is found: ${scope}`, async () => {
    @injectable()
    class First {
      constructor(@inject('second') readonly next: unknown) {}
    }
    @injectable()
    class Third {
      constructor(@inject('alias') readonly next: unknown) {}
    }
    @injectable()
    class Second {
      constructor(readonly next: Third) {}
    }
    const child = container.createChildContainer();
    child.register('first', { useClass: First });
    child.register('second', { useClass: Second });
    child.register('alias', { useToken: 'first' });
    const [problem] = await mistakes(child, 'first', scope);
    assert.match(problem!.what, /First → Second → Third → First/);
  });

  test(`a service that needs itself is a circle: ${scope}`, async () => {
    @singleton()
    class Self {
      constructor(@inject('self') readonly self: unknown) {}
    }
    const child = container.createChildContainer();
    child.register('self', { useClass: Self });
    assert.match((await mistakes(child, 'self', scope))[0]!.what, /Self → Self/);
  });

  test(`what no circle is, is built: delay(), values, factories, one service of two others: ${scope}`, async () => {
    @injectable()
    class Leaf {}
    @injectable()
    class Left {
      constructor(readonly leaf: Leaf) {}
    }
    @injectable()
    class Right {
      constructor(
        @inject(delay(() => Top)) readonly top: unknown,
        readonly leaf: Leaf,
      ) {}
    }
    @injectable()
    class Top {
      constructor(
        readonly left: Left,
        @inject(delay(() => Right)) readonly right: unknown,
        @inject('value') readonly value: unknown,
        @inject('factory') readonly made: unknown,
      ) {}
    }
    const child = container.createChildContainer();
    child.register('top', { useClass: Top });
    child.register('value', { useValue: 1 });
    child.register('factory', { useFactory: (within) => within.resolve(Leaf) });
    assert.deepEqual(await mistakes(child, 'top', scope), []);
  });
}
