/** The identity of a call: its id, its logger, and how it ended, for handlers, middleware and error handlers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EventContext,
  EventError,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  Use,
  type Logger,
  type Middleware,
} from '../../src/index.js';
import { log as ambientLog, context as ambientContext } from '../../src/connections/ambient/index.js';
import { fakeContext } from '../../src/testing/index.js';
import { start } from '../support/app.js';
import { deferred, until } from '../support/wait.js';
import { controllers, endings, waiting } from './endings.js';

describe('context.id and context.log', () => {
  it('name one call everywhere: its lines, the lines of the framework, and the answer', async (t) => {
    const ids: string[] = [];
    const note: Middleware = (context, next) => {
      if (context.kind === 'event') ids.push(context.id);
      context.log.setBindings({ user: 'ann' });
      return next();
    };
    @Namespace('/named')
    @Use(note)
    class Named {
      @On() fail(context: EventContext) {
        ids.push(context.id, ambientContext().id);
        context.log.info({ order: 7 }, 'a line of the handler');
        ambientLog().warn('a line of a service');
        throw new Error('expected by a test');
      }
      @OnError heard(_error: unknown, context: EventContext) {
        ids.push(context.id);
        context.log.error(new Error('an error as it is'));
      }
    }
    const { connect, log } = await start(t, [Named]);
    const client = await connect('/named');
    const [first, second] = [await client.emitWithAck('fail'), await client.emitWithAck('fail')] as {
      error: { id: string };
    }[];
    const { id } = first!.error;
    assert.notEqual(id, second!.error.id);
    assert.deepEqual(new Set(ids.slice(0, 4)), new Set([id]));
    const lines = log.lines.filter(({ facts }) => facts['id'] === id);
    const common = { id, namespace: '/named', event: 'fail', socket: client.id, user: 'ann' };
    assert.deepEqual(
      lines.map(({ level, message, facts: { err, ...facts } }) => [level, message, facts, (err as Error)?.message]),
      [
        ['info', 'a line of the handler', { ...common, order: 7 }, undefined],
        ['warn', 'a line of a service', common, undefined],
        ['error', 'a handler failed', { ...common, handler: 'Named.fail' }, 'expected by a test'],
        ['error', '', common, 'an error as it is'],
      ],
    );
  });

  it('are made when they are first read', () => {
    const lines: unknown[][] = [];
    const write = (...line: unknown[]): void => void lines.push(line);
    const logger = { debug: write, info: write, warn: write, error: write } as Logger;
    const context = fakeContext({ logger, event: 'x'.repeat(300) });
    assert.equal(context.id, context.id);
    assert.equal(context.log, context.log);
    assert.match(context.id, /^[\da-f-]{36}$/);
    context.log.info('a line');
    const [facts] = lines[0] as [{ event: string; id: string }];
    assert.equal(facts.event.length, 101, "a client's text is cut");
    assert.equal(facts.id, context.id);
  });
});

describe('context.outcome and context.onEnd', () => {
  for (const { name, namespace = '/endings', event, kind, code, limit, options, make } of endings) {
    if (kind === 'refused' || kind === 'passed' || event === '*' || /while (its|socket)|listener/.test(name)) continue;
    it(`tell a middleware what channels tell: ${name}`, async (t) => {
      Object.assign(waiting, { entered: deferred(), released: deferred() });
      t.after(() => waiting.released.resolve());
      const ends: unknown[] = [];
      const measure: Middleware = (context, next) => {
        if (context.event === event) context.onEnd(({ error: _error, ...outcome }) => ends.push(outcome));
        return next();
      };
      const running = await start(t, controllers, { ...options, use: [measure] });
      await make({ running, client: await running.connect(namespace) });
      await until(() => ends.length > 0, 'the end');
      assert.deepEqual(ends, [{ kind, ...(code && { code }), ...(limit && { limit }) }]);
    });
  }

  it('are what a middleware reads that waits for a handler which is too slow, and what @OnError reads', async (t) => {
    const slow = deferred();
    const seen: unknown[] = [];
    const wait: Middleware = async (context, next) => {
      const result = await next();
      if (context.kind === 'event') seen.push(context.outcome?.kind);
      return result;
    };
    @Namespace('/late')
    @Use(wait)
    class Late {
      @On('slow', { timeout: 20 }) slow() {
        return slow.promise;
      }
      @On() quick() {
        return 1;
      }
      @On() own() {
        throw new EventError('too_late', 'Too late.');
      }
      @OnError heard(_error: unknown, { outcome }: EventContext) {
        seen.push([outcome?.kind, outcome?.code, outcome?.limit]);
      }
    }
    const { connect } = await start(t, [Late]);
    const client = await connect('/late');
    await client.emitWithAck('slow');
    slow.resolve();
    await client.emitWithAck('quick');
    await client.emitWithAck('own');
    assert.deepEqual(seen, [
      ['timed_out', 'timeout', 'handlerTime'],
      'timed_out',
      undefined,
      ['failed', 'too_late', undefined],
    ]);
  });

  it('tell of connections and disconnections too', async (t) => {
    const ends: unknown[] = [];
    const measure: Middleware = (context, next) => {
      context.onEnd(({ kind, code }) => ends.push([context.kind, kind, code]));
      return next();
    };
    @Namespace('/moments')
    @Use(measure)
    class Moments {
      @OnConnect enter(context: EventContext) {
        if (context.socket.handshake.auth['no']) throw new EventError('not_you', 'Not you.');
      }
      @OnDisconnect left() {
        throw new Error('expected by a test');
      }
    }
    const { connect, refusal } = await start(t, [Moments]);
    await refusal('/moments', { auth: { no: true } });
    (await connect('/moments')).disconnect();
    await until(() => ends.length === 3, 'three ends');
    assert.deepEqual(ends, [
      ['connect', 'refused', 'not_you'],
      ['connect', 'no_answer', undefined],
      ['disconnect', 'failed', 'internal'],
    ]);
  });

  it('survive a function that throws or rejects, and log it', async (t) => {
    @Namespace('/throws')
    class Throws {
      @On() say(context: EventContext) {
        context.onEnd(() => {
          throw new Error('thrown by onEnd');
        });
        context.onEnd((async () => {
          throw new Error('rejected by onEnd');
        }) as () => void);
        return 'said';
      }
    }
    const { connect, log } = await start(t, [Throws]);
    assert.equal(await (await connect('/throws')).emitWithAck('say'), 'said');
    await until(() => log.at('error').length === 2, 'both lines');
    assert.deepEqual(
      log.at('error').map(({ facts: { err } }) => (err as Error).message),
      ['thrown by onEnd', 'rejected by onEnd'],
    );
  });

  it('of a call that has ended, are told at once', () => {
    const context = fakeContext();
    context.end({ kind: 'answered' });
    context.end({ kind: 'failed' });
    const kinds: string[] = [];
    context.onEnd(({ kind }) => kinds.push(kind));
    assert.deepEqual(kinds, ['answered']);
  });
});
