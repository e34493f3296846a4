/**
 * What must not compile. Nothing here is run: the compiler's own run is the test, for an expected error that does not
 * come is an error.
 */
import 'reflect-metadata';
import { Socket } from 'socket.io';
import {
  Ack,
  Auth,
  createApp,
  createParamDecorator,
  Emit,
  EventError,
  InjectNamespace,
  Namespace,
  On,
  OnAny,
  OnConnect,
  OnDisconnect,
  OnError,
  OnJoin,
  OnMessage,
  Payload,
  Query,
  Rooms,
  SocketId,
  Use,
  type Middleware,
  type MiddlewareObject,
  type Next,
} from '../../src/index.js';

const pass: Middleware = (_context, next: Next) => next();

class Stamp implements MiddlewareObject {
  use(_context: unknown, next: Next) {
    return next();
  }
}

const Own = createParamDecorator((context) => context.socket.id);
const Times = createParamDecorator((_context, times: number) => times);
const User = createParamDecorator(({ socket }, key?: string) => (key === undefined ? socket.data : socket.data[key]));

/** Everything where it belongs, bare and called. */
@Namespace('/right', { scope: 'connection', payload: { validator: { groups: ['a'] } } })
@Use(pass, Stamp)
export class Right {
  constructor(@InjectNamespace() readonly own: object) {}
  @On bare() {}
  @On() called() {}
  @On('event', { timeout: 5 }) named() {}
  @On('other') @Use(pass) @Emit('said', { to: 'others' }) async later() {
    await Promise.resolve();
  }
  @OnMessage() message(_text: string) {}
  @OnAny any() {}
  @OnConnect enter(@Auth _auth: object, @Auth() _all: object, @Auth('token') _token: string) {}
  @OnDisconnect() leave(@Rooms _rooms: string[], @Rooms() _again: string[]) {}
  @OnJoin({ timeout: 5 }) join(_room: string) {}
  @OnError failed(_error: unknown) {}
  @OnError(EventError) refused(_error: EventError) {}
  @On() params(
    @Payload _a: object,
    @Payload() _b: object,
    @Payload(1) _c: object,
    @Payload('room', { optional: true }) _d: string,
    @Payload({ each: Right }) _e: Right[],
    @Ack _ack: (...values: unknown[]) => void,
    @SocketId() _id: string,
    @Own() _own: string,
    @Times(3) _times: number,
    @User() _user: object,
    @User('name') _name: string,
    @Query('page') _page: number,
    _socket: Socket,
  ) {}
  @On() private hidden() {}
  protected seen = this.hidden;
}

/** Handler decorators anywhere but on a method of an instance. */
// @ts-expect-error on a class
@On('event')
export class OnAClass {
  // @ts-expect-error on a static method
  @On() static fixed() {}
  // @ts-expect-error on a static method, bare
  @On static fixedBare() {}
  // @ts-expect-error on a static method
  @OnConnect static enter() {}
  // @ts-expect-error on a property
  @On() property = 1;
  // @ts-expect-error on a property, bare
  @OnDisconnect leave = () => {};
  // @ts-expect-error on an accessor of something that is no method
  @On() get size() {
    return 1;
  }
}

// @ts-expect-error a marker on a class
@OnConnect
export class MarkerOnAClass {
  constructor(
    // @ts-expect-error on a parameter
    @On() readonly a: string,
  ) {}
}

/** Parameter decorators anywhere but on a parameter of a method. */
export class Parameters {
  constructor(
    // @ts-expect-error on a constructor's parameter
    @SocketId() readonly id: string,
    // @ts-expect-error on a constructor's parameter, bare
    @Payload readonly payload: object,
    // @ts-expect-error on a constructor's parameter, of one's own
    @Own() readonly own: string,
  ) {}
  // @ts-expect-error on a method
  @Payload() method() {}
  // @ts-expect-error on a property
  @Auth() property = 1;
  handler(
    // @ts-expect-error for constructors only
    @InjectNamespace() _namespace: object,
  ) {}
}

/** Class decorators anywhere but on a class. */
export class Classes {
  // @ts-expect-error on a method
  @Namespace('/a') method() {}
  // @ts-expect-error on a property
  @Namespace('/a') property = 1;
  // @ts-expect-error on a property
  @Use(pass) wrapped = 1;
  // @ts-expect-error on a static method
  @Use(pass) static fixed() {}
  // @ts-expect-error on a static method
  @Emit('said') static said() {}
}

/** Wrong arguments. */
export class Arguments {
  // @ts-expect-error an event is named by a text
  @On(5) number() {}
  // @ts-expect-error no such option
  @On('a', { timeuot: 5 }) option() {}
  // @ts-expect-error a time is a number
  @OnConnect({ timeout: '5' }) time() {}
  // @ts-expect-error a class of errors
  @OnError('EventError') text() {}
  // @ts-expect-error a middleware is a function or a class with `use`
  @Use('auth') use() {}
  // @ts-expect-error a class without `use`
  @Use(EventError) useless() {}
  // @ts-expect-error to whom?
  @Emit('said', { to: 'nobody' }) emit() {}
  params(
    // @ts-expect-error the argument is a number
    @Times('three') _times: number,
    // @ts-expect-error an argument is missing
    @Times() _missing: number,
    // @ts-expect-error the argument may be missing, but is a text
    @User(3) _user: object,
    // @ts-expect-error no such option
    @Payload({ eahc: Right }) _each: Right[],
  ) {}
}

// @ts-expect-error a path is a text or a RegExp
@Namespace(5)
export class Path {}

// @ts-expect-error no such scope
@Namespace('/a', { scope: 'request' })
export class Scope {}

/** The application's own options. */
export async function options(): Promise<void> {
  // @ts-expect-error controllers are missing
  await createApp({});
  // @ts-expect-error no such option
  await createApp({ controllers: [], contorllers: [] });
  // @ts-expect-error no such check
  await createApp({ controllers: [], checks: { no_rule: 'warn' } });
  // @ts-expect-error a check that cannot be switched
  await createApp({ controllers: [], checks: { event_taken: 'warn' } });
  // @ts-expect-error no such level
  await createApp({ controllers: [], checks: { no_rules: 'silent' } });
  // @ts-expect-error no such level
  await createApp({ controllers: [], unvalidated: 'off' });
  // @ts-expect-error no such limit
  await createApp({ controllers: [], limits: { payloads: 1 } });
  // @ts-expect-error no such option of Socket.IO
  await createApp({ controllers: [], pingIntreval: 1 });
  const app = await createApp({
    controllers: [Right, 'src/**/*.ts'],
    pingInterval: 1,
    checks: { no_rules: 'warn', empty_glob: 'off', collection_type: 'refuse' },
    unvalidated: 'refuse',
    limits: { rooms: 5 },
    logger: false,
  });
  // @ts-expect-error listen needs a port
  await app.listen();
  // @ts-expect-error the table is read-only
  app.table.push();
}
