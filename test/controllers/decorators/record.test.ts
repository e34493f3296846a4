import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Ack,
  Auth,
  createParamDecorator,
  Emit,
  EventError,
  Namespace,
  On,
  OnAny,
  OnConnect,
  OnDisconnect,
  OnError,
  OnJoin,
  OnLeave,
  OnMessage,
  Payload,
  SocketId,
  Use,
  type Middleware,
} from '../../../src/index.js';
import { lineage, ownMetadata } from '../../../src/controllers/metadata/store.js';

const pass: Middleware = (_context, next) => next();

test('a decorator writes down what was said, and nothing else; bare and called say the same', () => {
  class Said {
    @On bare() {}
    @On() called() {}
    @On('event') named() {}
    @On('timed', { timeout: 5 }) timed() {}
    @OnMessage({ timeout: 6 }) message() {}
    @OnAny any() {}
    @OnConnect() connect() {}
    @OnDisconnect disconnect() {}
    @OnJoin join() {}
    @OnLeave({ timeout: 7 }) leave() {}
    @OnError any2() {}
    @OnError(EventError) typed() {}
  }
  assert.deepEqual(ownMetadata(Said)?.handlers, [
    { kind: 'event', options: {}, method: 'bare' },
    { kind: 'event', options: {}, method: 'called' },
    { kind: 'event', event: 'event', options: {}, method: 'named' },
    { kind: 'event', event: 'timed', options: { timeout: 5 }, method: 'timed' },
    { kind: 'event', event: 'message', options: { timeout: 6 }, method: 'message' },
    { kind: 'any', options: {}, method: 'any' },
    { kind: 'connect', options: {}, method: 'connect' },
    { kind: 'disconnect', options: {}, method: 'disconnect' },
    { kind: 'join', options: {}, method: 'join' },
    { kind: 'leave', options: { timeout: 7 }, method: 'leave' },
    { kind: 'error', options: {}, method: 'any2' },
    { kind: 'error', options: {}, errorType: EventError, method: 'typed' },
  ]);
});

test('stacked decorators are rows of their own, the innermost first', () => {
  class Stacked {
    @On('a')
    @On('b')
    @Emit('c')
    @Emit('d', { to: 'others' })
    work() {}
  }
  assert.deepEqual(
    ownMetadata(Stacked)?.handlers.map(({ event }) => event),
    ['b', 'a'],
  );
  assert.deepEqual(
    ownMetadata(Stacked)?.emissions.map(({ event, options }) => [event, options]),
    [
      ['d', { to: 'others' }],
      ['c', {}],
    ],
  );
});

test('a parameter decorator writes down its place, its key and its options', () => {
  const Own = createParamDecorator((context, n: number) => [context, n], 'Own');
  class Said {
    work(
      @Payload _a: object,
      @Payload() _b: object,
      @Payload(1) _c: object,
      @Payload('room') _d: object,
      @Payload({ optional: true }) _e: object,
      @Payload('room', { each: String }) _f: object,
      @Auth('token') _g: string,
      @Ack _h: unknown,
      @SocketId() _i: string,
      @Own(3) _j: unknown,
    ) {}
  }
  const rows = ownMetadata(Said)!.params.toSorted((a, b) => a.index - b.index);
  assert.deepEqual(
    rows.map(({ kind, key, options }) => [kind, key, options]),
    [
      ['payload', undefined, {}],
      ['payload', undefined, {}],
      ['payload', 1, {}],
      ['payload', 'room', {}],
      ['payload', undefined, { optional: true }],
      ['payload', 'room', { each: String }],
      ['auth', 'token', {}],
      ['ack', undefined, {}],
      ['id', undefined, {}],
      ['custom', undefined, {}],
    ],
  );
  const context = {} as never;
  assert.deepEqual(rows.at(-1)!.read!(context), [context, 3]);
  assert.equal(rows.at(-1)!.label, 'Own');
});

test('classes and methods keep their own words; a child does not change its parent', () => {
  @Namespace('/parent', { scope: 'connection' })
  @Use(pass)
  class Parent {
    @On() @Use(pass) work() {}
  }
  @Namespace(/child/)
  class Child extends Parent {
    @On() more() {}
  }
  assert.deepEqual(ownMetadata(Parent)?.namespaces, [{ path: '/parent', options: { scope: 'connection' } }]);
  assert.deepEqual(ownMetadata(Parent)?.uses, [{ method: 'work', middleware: [pass] }, { middleware: [pass] }]);
  assert.deepEqual(ownMetadata(Child)?.namespaces, [{ path: /child/, options: {} }]);
  assert.deepEqual(ownMetadata(Child)?.uses, []);
  assert.equal(ownMetadata(Parent)?.handlers.length, 1);
  assert.equal(ownMetadata(Child)?.handlers.length, 1);
  assert.deepEqual(lineage(Child), [Child, Parent]);
});

test('a decorated class is what it was: same properties, same prototype, nothing to enumerate', () => {
  @Namespace('/a')
  class Controller {
    @On() work() {
      return 'works';
    }
  }
  assert.equal(new Controller().work(), 'works');
  assert.deepEqual(Object.keys(Controller), []);
  assert.deepEqual(Object.getOwnPropertyNames(Controller.prototype), ['constructor', 'work']);
});
