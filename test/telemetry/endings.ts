/** Every way in which a call can end: a table, for all tests that look at endings from different sides. */
import { IsInt } from 'class-validator';
import type { Socket } from 'socket.io-client';
import {
  Ack,
  type AckFunction,
  type AppOptions,
  EventError,
  Namespace,
  On,
  OnAny,
  OnError,
  Signal,
  type Limits,
  Use,
} from '../../src/index.js';
import type { Running } from '../support/app.js';
import { deferred, until, type Deferred } from '../support/wait.js';

class Counted {
  @IsInt() n!: number;
}

/** What the handler that waits is waiting for; renewed for each test. */
export const waiting: { entered: Deferred; released: Deferred } = { entered: deferred(), released: deferred() };

async function wait(): Promise<void> {
  waiting.entered.resolve();
  await waiting.released.promise;
}

@Namespace('/endings')
class Endings {
  @On() echo(value: unknown) {
    return value;
  }
  @On() quiet() {}
  @On() own() {
    throw new EventError('too_late', 'The kitchen is closed.');
  }
  @On() broken() {
    throw new TypeError('a mistake of ours');
  }
  @On() later(): Promise<never> {
    return Promise.reject(new TypeError('a mistake of ours'));
  }
  @On() count({ n }: Counted) {
    return n;
  }
  @On('slow', { timeout: 20 }) slow() {
    return wait();
  }
  @On('forgotten', { timeout: 20 }) forgotten(@Ack() _answer: AckFunction) {}
  @On() byHand(@Ack() answer: AckFunction) {
    answer('by hand');
  }
  @On() held() {
    return wait();
  }
  @On() async aborted(@Signal() signal: AbortSignal) {
    waiting.entered.resolve();
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  }
  @On() endless() {
    return { value: 1n };
  }
  @On()
  @Use(() => 'from the middleware')
  answeredBefore() {}
  @On()
  @Use(() => undefined)
  kept() {}
  @On()
  @Use(() => {
    throw new EventError('not_yours', 'Not yours.');
  })
  guarded() {}
  @On()
  @Use(async () => {
    await Promise.resolve();
    throw new TypeError('a mistake in a middleware');
  })
  misguarded() {}
  @On()
  @Use(async (_context, next) => {
    await next();
  })
  dropped() {
    return 'never arrives';
  }
  @On('slowly', { timeout: 20 })
  @Use(() => wait())
  slowly() {}
}

/** The same with an `@OnError` that answers in the place of the failure. */
@Namespace('/heard')
class Heard {
  @On() own() {
    throw new EventError('too_late', 'The kitchen is closed.');
  }
  @On() count({ n }: Counted) {
    return n;
  }
  @OnError hear() {
    return 'never mind';
  }
}

/** The same with an `@OnError` that fails. */
@Namespace('/deaf')
class Deaf {
  @On() own() {
    throw new EventError('too_late', 'The kitchen is closed.');
  }
  @OnError hear() {
    throw new TypeError('a mistake in @OnError');
  }
}

@Namespace('/any')
class Any {
  @OnAny() rest(value: unknown) {
    return value;
  }
}

export const controllers = [Endings, Heard, Deaf, Any];

/** An application of the controllers, and a client in the namespace of the row. */
export interface World {
  readonly running: Running;
  readonly client: Socket;
}

export interface Ending {
  readonly name: string;
  /** `/endings` unless given. */
  readonly namespace?: string;
  /** The event as it is declared. */
  readonly event: string;
  readonly kind: string;
  readonly code?: string;
  readonly limit?: keyof Limits;
  readonly options?: Omit<AppOptions, 'controllers'>;
  /** How many calls end by it; one unless given. Of several, the last one to end is meant. */
  readonly calls?: number;
  /** Makes it happen; returns the answer of the call, if it has one. */
  readonly make: (world: World) => Promise<unknown>;
}

function ask(event: string, ...args: unknown[]): Ending['make'] {
  return ({ client }) => client.emitWithAck(event, ...args);
}

function tell(event: string, ...args: unknown[]): Ending['make'] {
  return async ({ client }) => void client.emit(event, ...args);
}

/** The client leaves; then the call that is held, if there is one, goes on. */
async function leave({ running, client }: World): Promise<void> {
  const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
  const gone = new Promise((resolve) => socket.once('disconnect', resolve));
  client.disconnect();
  await gone;
  waiting.released.resolve();
}

function leaveWhile(event: string): Ending['make'] {
  return async (world) => {
    world.client.emit(event, () => undefined);
    await waiting.entered.promise;
    await leave(world);
  };
}

const sideBySide = { concurrentCalls: 1 };

export const endings: readonly Ending[] = [
  { name: 'answered', event: 'echo', kind: 'answered', make: ask('echo', 'value') },
  { name: 'answered by hand', event: 'byHand', kind: 'answered', make: ask('byHand') },
  { name: 'answered by a catch-all', namespace: '/any', event: '*', kind: 'answered', make: ask('anything', 1) },
  { name: 'no answer asked for', event: 'quiet', kind: 'no_answer', make: tell('quiet') },
  { name: 'a code of the application', event: 'own', kind: 'failed', code: 'too_late', make: ask('own') },
  { name: 'a failure without an acknowledgement', event: 'own', kind: 'failed', code: 'too_late', make: tell('own') },
  { name: 'a throw', event: 'broken', kind: 'failed', code: 'internal', make: ask('broken') },
  { name: 'a promise that rejects', event: 'later', kind: 'failed', code: 'internal', make: ask('later') },
  {
    name: 'a payload that breaks a rule',
    event: 'count',
    kind: 'failed',
    code: 'invalid',
    make: ask('count', { n: 'x' }),
  },
  {
    name: 'a payload that breaks a rule, heard',
    namespace: '/heard',
    event: 'count',
    kind: 'failed',
    code: 'invalid',
    make: ask('count', { n: 'x' }),
  },
  {
    name: 'a failure that @OnError answers',
    namespace: '/heard',
    event: 'own',
    kind: 'failed',
    code: 'too_late',
    make: ask('own'),
  },
  {
    name: 'a failure whose @OnError fails',
    namespace: '/deaf',
    event: 'own',
    kind: 'failed',
    code: 'too_late',
    make: ask('own'),
  },
  { name: 'a middleware that answers', event: 'answeredBefore', kind: 'answered', make: ask('answeredBefore') },
  { name: 'a middleware that stops here', event: 'kept', kind: 'answered', make: ask('kept') },
  { name: 'a middleware that drops the answer', event: 'dropped', kind: 'answered', make: ask('dropped') },
  { name: 'a middleware that refuses', event: 'guarded', kind: 'failed', code: 'not_yours', make: ask('guarded') },
  { name: 'a middleware that fails', event: 'misguarded', kind: 'failed', code: 'internal', make: ask('misguarded') },
  {
    name: 'a middleware that takes too long',
    event: 'slowly',
    kind: 'timed_out',
    code: 'timeout',
    limit: 'handlerTime',
    make: ask('slowly'),
  },
  {
    name: 'an answer that cannot be encoded',
    event: 'endless',
    kind: 'failed',
    code: 'internal',
    make: ask('endless'),
  },
  { name: 'a time-out', event: 'slow', kind: 'timed_out', code: 'timeout', limit: 'handlerTime', make: ask('slow') },
  {
    name: 'an acknowledgement that the handler forgets',
    event: 'forgotten',
    kind: 'timed_out',
    code: 'timeout',
    limit: 'handlerTime',
    make: ask('forgotten'),
  },
  { name: 'an unknown event', event: '*', kind: 'refused', code: 'unknown_event', make: ask('nobody') },
  {
    name: 'an argument that is nested too deep',
    event: 'echo',
    kind: 'refused',
    code: 'invalid',
    limit: 'depth',
    options: { limits: { depth: 2 } },
    make: ask('echo', [[[1]]]),
  },
  {
    name: 'too many events',
    event: 'echo',
    kind: 'refused',
    code: 'rate_limited',
    limit: 'eventRate',
    options: { limits: { eventRate: 0.001, eventBurst: 0 } },
    make: ask('echo', 1),
  },
  {
    name: 'too many calls that wait',
    event: 'echo',
    kind: 'refused',
    code: 'busy',
    limit: 'queuedCalls',
    options: { limits: { ...sideBySide, queuedCalls: 0 } },
    calls: 2,
    make: async ({ client }) => {
      const held = client.emitWithAck('held');
      await waiting.entered.promise;
      const answer: unknown = await client.emitWithAck('echo', 1);
      waiting.released.resolve();
      await held;
      return answer;
    },
  },
  {
    name: 'a server that shuts down',
    event: 'echo',
    kind: 'refused',
    code: 'closing',
    calls: 2,
    make: async ({ running, client }) => {
      client.emit('held', () => undefined);
      await waiting.entered.promise;
      void running.app.close();
      const answer: unknown = await client.emitWithAck('echo', 1);
      waiting.released.resolve();
      return answer;
    },
  },
  {
    name: 'a shutdown that waits no longer',
    event: 'held',
    kind: 'timed_out',
    code: 'closing',
    limit: 'drainTime',
    options: { limits: { drainTime: 20 } },
    make: async ({ running, client }) => {
      const answer = client.emitWithAck('held');
      await waiting.entered.promise;
      void running.app.close();
      return answer;
    },
  },
  { name: 'a client that leaves while its call runs', event: 'held', kind: 'gone', make: leaveWhile('held') },
  { name: 'a call that its signal ended', event: 'aborted', kind: 'gone', make: leaveWhile('aborted') },
  {
    name: 'a client that leaves while its call waits for its turn',
    event: 'echo',
    kind: 'gone',
    options: { limits: sideBySide },
    calls: 2,
    make: async (world) => {
      let isQueued = false;
      world.running.app.io
        .of('/endings')
        .sockets.get(world.client.id!)!
        .onAny((event) => {
          if (event === 'echo') isQueued = true;
        });
      world.client.emit('held', () => undefined);
      await waiting.entered.promise;
      world.client.emit('echo', 1);
      await until(() => isQueued, 'the second call');
      await leave(world);
    },
  },
  {
    name: 'a client that leaves while its event waits for the rate',
    event: 'echo',
    kind: 'gone',
    options: { limits: { eventRate: 0.001, eventBurst: 0 } },
    make: async ({ running, client }) => {
      const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
      const seen = new Promise((resolve) => socket.onAny(resolve));
      client.emit('echo', 1);
      await seen;
      // The transport is not read while an event waits, so it is ended from this side.
      socket.conn.close();
    },
  },
  {
    name: 'listeners of the application alone',
    event: '*',
    kind: 'passed',
    make: async ({ running, client }) => {
      const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
      socket.on('by hand', (answer: () => void) => answer());
      return client.emitWithAck('by hand');
    },
  },
  {
    name: 'a listener of the application that fails',
    event: '*',
    kind: 'failed',
    code: 'internal',
    make: async ({ running, client }) => {
      const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
      socket.on('by hand', () => {
        throw new Error('a mistake in socket.on');
      });
      return client.emitWithAck('by hand');
    },
  },
  {
    name: 'a watcher of all events alone',
    event: '*',
    kind: 'passed',
    make: async ({ running, client }) => {
      const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
      const seen = new Promise((resolve) => socket.onAny(resolve));
      client.emit('nobody');
      await seen;
    },
  },
  {
    name: 'a refusal by socket.use',
    event: '*',
    kind: 'refused',
    code: 'not_today',
    make: async ({ running, client }) => {
      const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
      socket.use((_packet, next) => next(new EventError('not_today', 'Not today.')));
      socket.on('error', () => undefined);
      return client.emitWithAck('echo', 1);
    },
  },
  {
    name: 'a client that leaves while socket.use thinks',
    event: 'echo',
    kind: 'gone',
    make: async ({ running, client }) => {
      const socket = running.app.io.of('/endings').sockets.get(client.id!)!;
      const arrived = deferred<() => void>();
      socket.use((_packet, next) => arrived.resolve(next));
      client.emit('echo', 1);
      const next = await arrived.promise;
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      client.disconnect();
      await gone;
      next();
    },
  },
];
