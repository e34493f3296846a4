/**
 * What a handler puts into an `AsyncLocalStorage` belongs to its call: no other call finds it, whichever timer, queue or chunk the two of
 * them share, and the call's own error handlers do, also when its time is over.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, it, type TestContext } from 'node:test';
import * as msgpack from 'socket.io-msgpack-parser';
import {
  Ack,
  type AckFunction,
  type AppOptions,
  EventContext,
  Namespace,
  On,
  OnAny,
  OnConnect,
  OnError,
} from '../../src/index.js';
import { channels } from '../../src/telemetry/index.js';
import { start, transports } from '../support/app.js';
import { deferred, until } from '../support/wait.js';

const storage = new AsyncLocalStorage<string>();

/** What was found in the storage, by the call that looked and the moment in which it did. */
const found = new Map<string, string | undefined>();
let release = deferred();

function look(name: string, moment: string): void {
  found.set(`${name} ${moment}`, storage.getStore());
}

/** The handlers are called with the name of their call. */
@Namespace('/stored')
class Stored {
  @OnConnect join({ socket, signal }: EventContext) {
    const { name } = socket.handshake.auth;
    return name === undefined ? undefined : this.#hang(name as string, signal);
  }

  @On() hang(name: string, { signal }: EventContext) {
    return this.#hang(name, signal);
  }

  /** Answers by hand, and never does. */
  @On() owe(name: string, { signal }: EventContext, @Ack() _answer: AckFunction) {
    void this.#hang(name, signal);
  }

  @OnAny() any({ args, signal }: EventContext) {
    return this.#hang(String(args[0]), signal);
  }

  @On() wait(name: string) {
    this.#begin(name);
    return release.promise;
  }

  @On() say(name: string) {
    this.#begin(name);
  }

  @OnError failed(_error: unknown, { socket, args }: EventContext) {
    look(String(socket.handshake.auth['name'] ?? args[0]), 'failed');
  }

  #hang(name: string, signal: AbortSignal): Promise<void> {
    this.#begin(name);
    signal.addEventListener('abort', () => look(name, 'aborted'));
    return new Promise(() => undefined);
  }

  #begin(name: string): void {
    look(name, 'began');
    storage.enterWith(name);
  }
}

/** What a call finds that began, and what one finds that also ran out of time. */
const begun = (name: string): [string, string | undefined][] => [[`${name} began`, undefined]];
const overdue = (name: string): [string, string | undefined][] => [
  ...begun(name),
  [`${name} failed`, name],
  [`${name} aborted`, name],
];

interface Way {
  readonly name: string;
  readonly transport: (typeof transports)[number];
  readonly options: Omit<AppOptions, 'controllers'>;
  readonly isWatched: boolean;
}

const parts: readonly Pick<Way, 'name' | 'options'>[] = [
  { name: 'fast lane', options: {} },
  { name: 'long way', options: { fastLane: false } },
  { name: "the engine 'ws'", options: { engine: 'ws' } },
  { name: 'another parser', options: { parser: msgpack } },
];

const ways: Way[] = transports.flatMap((transport) =>
  parts.flatMap(({ name, options }) =>
    [true, false].map((isWatched) => ({
      name: `${transport}, ${name}, ${isWatched ? 'watched' : 'unwatched'}`,
      transport,
      options,
      isWatched,
    })),
  ),
);

async function serve(t: TestContext, { transport, options, isWatched }: Way, limits: AppOptions['limits'] = {}) {
  found.clear();
  release = deferred();
  if (isWatched) {
    const bound = new AsyncLocalStorage<never>();
    channels.call.bindStore(bound, () => undefined as never);
    t.after(() => channels.call.unbindStore(bound));
  }
  const { connect, refusal, app } = await start(t, [Stored], { ...options, limits });
  const { parser } = options;
  const clientOptions = { transports: [transport], ...(parser ? { parser } : {}) };
  return {
    app,
    join: () => connect('/stored', clientOptions),
    refused: (name: string) => refusal('/stored', { ...clientOptions, auth: { name } }),
  };
}

for (const way of ways) {
  describe(`what a call puts into an AsyncLocalStorage is its own (${way.name})`, { timeout: 30_000 }, () => {
    it('when its time is over, though calls with one limit share a timer', async (t) => {
      const { join } = await serve(t, way, { handlerTime: 60 });
      const [one, other] = [await join(), await join()];
      await Promise.all([one.emitWithAck('hang', 'a'), other.emitWithAck('hang', 'b'), one.emitWithAck('hang', 'c')]);
      assert.deepEqual(found, new Map(['a', 'b', 'c'].flatMap(overdue)));
    });

    it('when its time is over, whether it is answered by hand, by nobody, or by a handler of all events', async (t) => {
      const { join } = await serve(t, way, { handlerTime: 60 });
      const [one, other] = [await join(), await join()];
      const answers = [one.emitWithAck('owe', 'a'), other.emitWithAck('unnamed', 'b')];
      one.emit('hang', 'c');
      await Promise.all(answers);
      await until(() => found.size === 9, 'the end of the last one');
      assert.deepEqual(found, new Map(['a', 'b', 'c'].flatMap(overdue)));
    });

    it('when the application stops', async (t) => {
      const { app, join } = await serve(t, way, { drainTime: 60 });
      const [one, other] = [await join(), await join()];
      const answers = [one.emitWithAck('hang', 'a'), other.emitWithAck('hang', 'b')];
      await until(() => found.size === 2, 'the calls');
      await Promise.all([app.close(), ...answers]);
      assert.deepEqual(found, new Map(['a', 'b'].flatMap(overdue)));
    });

    it('when clients wait in @OnConnect until their time is over', async (t) => {
      const { refused } = await serve(t, way, { handlerTime: 60 });
      await Promise.all([refused('a'), refused('b')]);
      assert.deepEqual(found, new Map(['a', 'b'].flatMap(overdue)));
    });

    it('when it waited for the end of another one', async (t) => {
      const { join } = await serve(t, way, { concurrentCalls: 1 });
      const client = await join();
      const answers = [client.emitWithAck('wait', 'a'), ...['b', 'c'].map((name) => client.emitWithAck('say', name))];
      await until(() => found.size === 1, 'the calls');
      release.resolve();
      await Promise.all(answers);
      assert.deepEqual(found, new Map(['a', 'b', 'c'].flatMap(begun)));
    });

    it('when it waited for another one to run out of time', async (t) => {
      const { join } = await serve(t, way, { concurrentCalls: 1, handlerTime: 60 });
      const client = await join();
      await Promise.all(['a', 'b', 'c'].map((name) => client.emitWithAck('hang', name)));
      assert.deepEqual(found, new Map(['a', 'b', 'c'].flatMap(overdue)));
    });

    it('when it waited for the rate', async (t) => {
      const { join } = await serve(t, way, { eventRate: 50, eventBurst: 1 });
      const client = await join();
      for (const name of ['a', 'b', 'c', 'd']) client.emit('say', name);
      await until(() => found.size === 4, 'the calls');
      assert.deepEqual(found, new Map(['a', 'b', 'c', 'd'].flatMap(begun)));
    });
  });
}
