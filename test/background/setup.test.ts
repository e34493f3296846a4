import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { injectable } from 'tsyringe';
import { Background, createApp, Namespace, On, SetupError, type AppOptions } from '../../src/index.js';

async function mistakes(options: AppOptions): Promise<string[]> {
  const error = await createApp({ logger: false, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SetupError);
  return error.problems.map(({ where, what }) => `${where}: ${what}`);
}

describe('a mistake in background work is found at boot', () => {
  it('options that make no sense', async () => {
    @Namespace('/')
    class Wrong {
      @Background({ every: 0 }) never() {}
      @Background({ every: '2s' as never }) text() {}
      @Background({ start: 'later' as never }) start() {}
      @Background({ stop: 'never' as never }) stop() {}
      @Background({ once: 'day' as never }) once() {}
      @Background({ start: 'boot', stop: 'last-client' }) half() {}
    }
    assert.deepEqual(await mistakes({ controllers: [Wrong] }), [
      'Wrong.never: every: 0 is not a time.',
      'Wrong.text: every: 2s is not a time.',
      'Wrong.start: start: "later" is not known.',
      'Wrong.stop: stop: "never" is not known.',
      'Wrong.once: once: "day" is not known.',
      'Wrong.half: work that starts at boot cannot stop with the last client: nothing would start it again.',
    ]);
  });

  it('a method that handles an event, a parameter that nobody fills, a class without one object', async () => {
    @Namespace('/')
    class Misplaced {
      @On() @Background() both() {}
      @Background() greedy(_signal: AbortSignal, _name: string) {}
      @Background() payload(_name: string) {}
    }
    @Namespace('/each', { scope: 'connection' })
    class Scoped {
      @Background() work() {}
    }
    assert.deepEqual(await mistakes({ controllers: [Misplaced, Scoped] }), [
      'Misplaced.both: the method is a handler as well.',
      'Misplaced.greedy: parameter 2 cannot be resolved: background work receives an AbortSignal and nothing else.',
      'Misplaced.payload: parameter 1 cannot be resolved: background work receives an AbortSignal and nothing else.',
      'Scoped.work: the class is built for each connection or call, so there is no object of it for work beside them.',
    ]);
  });

  it('a service that is no class, a controller, a handler of events, or cannot be built', async () => {
    @Namespace('/')
    class Controller {}
    @injectable()
    class Handling {
      @On() event() {}
    }
    @injectable()
    class Unbuildable {
      constructor(readonly name: string) {}
    }
    const services = [{} as never, Controller, Handling, Unbuildable];
    const found = await mistakes({ controllers: [Controller], services });
    assert.deepEqual(found.slice(0, 3), [
      'services: the list received an object, expected a class.',
      'Controller: the class is a controller.',
      'Handling: the class handles events, but as a service it is never told of any.',
    ]);
    assert.match(found[3]!, /^Unbuildable: the container cannot build it/);
  });
});
