import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it, mock } from 'node:test';
import { Server, type Namespace as IoNamespace } from 'socket.io';
import { injectable } from 'tsyringe';
import { Background, createApp, InjectNamespace, Namespace, On, Signal, sleep } from '../../src/index.js';
import { start } from '../support/app.js';
import { deferred, nextEvent, until, within } from '../support/wait.js';

describe('background work', () => {
  it('is called every n milliseconds from boot, beside the events, and never twice at once', async (t) => {
    let running = 0;
    let most = 0;
    @Namespace('/')
    class Ticker {
      count = 0;
      constructor(@InjectNamespace() private readonly clients: IoNamespace) {}
      @Background({ every: 5 })
      async tick() {
        most = Math.max(most, ++running);
        await sleep(12);
        running--;
        this.clients.emit('tick', ++this.count);
      }
      @On() ask() {
        return this.count;
      }
    }
    const { connect } = await start(t, [Ticker]);
    const socket = await connect();
    const [first] = await nextEvent<[number]>(socket, 'tick');
    const [second] = await nextEvent<[number]>(socket, 'tick');
    assert.equal(second, first + 1);
    assert.equal(most, 1);
    assert.ok((await socket.emitWithAck('ask')) >= second, 'the work runs on the object that handles the events');
  });

  it('starts when the application begins to serve, not before', async (t) => {
    const began = deferred();
    let calls = 0;
    @Namespace('/')
    class Boot {
      @Background work() {
        calls++;
        began.resolve();
      }
    }
    const app = await createApp({ controllers: [Boot], logger: false, signals: false });
    t.after(() => app.close());
    await new Promise(setImmediate);
    assert.equal(calls, 0);
    app.attach(createServer());
    await within(began.promise, 'the work');
    await new Promise(setImmediate);
    assert.equal(calls, 1, 'without `every` it is called once');
  });

  it('starts at once where the Socket.IO server is attached already', async (t) => {
    const began = deferred();
    @Namespace('/')
    class Boot {
      @Background() work() {
        began.resolve();
      }
    }
    const io = new Server(createServer());
    const app = await createApp({ controllers: [Boot], io, logger: false, signals: false });
    t.after(() => app.close());
    await within(began.promise, 'the work');
  });

  it('starts with the first client of its namespace, stops with the last, and starts again with the next', async (t) => {
    const moments: string[] = [];
    @Namespace('/')
    class Other {}
    @Namespace('/cpu')
    class Monitor {
      @Background({ stop: 'last-client' })
      async watch(signal: AbortSignal) {
        moments.push('started');
        signal.addEventListener('abort', () => moments.push('stopped'));
        for (;;) await sleep(1_000, signal);
      }
    }
    const { connect, app, log } = await start(t, [Other, Monitor]);
    await connect('/');
    await new Promise(setImmediate);
    assert.deepEqual(moments, [], 'a client of another namespace does not count');
    const [one, two] = [await connect('/cpu'), await connect('/cpu')];
    await until(() => moments.length === 1, 'the start');
    one.disconnect();
    await until(() => app.io.of('/cpu').sockets.size === 1, 'the departure of one');
    assert.deepEqual(moments, ['started'], 'another client is left');
    two.disconnect();
    await until(() => moments.length === 2, 'the stop');
    await connect('/cpu');
    await until(() => moments.length === 3, 'the second start');
    assert.deepEqual(moments, ['started', 'stopped', 'started']);
    assert.deepEqual(log.at('error'), [], 'a pause that ends with the signal is no failure');
  });

  it('does not begin again before what ran for the last clients has ended', async (t) => {
    const moments: string[] = [];
    const end = deferred();
    @Namespace('/')
    class Slow {
      @Background({ stop: 'last-client' })
      async work(@Signal() signal: AbortSignal) {
        moments.push('began');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await end.promise;
        moments.push('ended');
      }
    }
    const { connect } = await start(t, [Slow]);
    const first = await connect();
    await until(() => moments.length === 1, 'the start');
    first.disconnect();
    await connect();
    await new Promise(setImmediate);
    assert.deepEqual(moments, ['began']);
    end.resolve();
    await until(() => moments.length === 3, 'the second period');
    assert.deepEqual(moments, ['began', 'ended', 'began']);
  });

  it('of a service counts the clients of all namespaces, and those of namespaces that came later', async (t) => {
    let began = 0;
    @injectable()
    class Pulse {
      @Background({ start: 'first-client', stop: 'last-client' }) beat() {
        began++;
      }
    }
    @Namespace('/a')
    class A {}
    const { connect, app } = await start(t, [A], { services: [Pulse] });
    app.on('/later', 'ping', () => 'pong');
    const later = await connect('/later');
    await until(() => began === 1, 'the start');
    await connect('/a');
    later.disconnect();
    await until(() => app.io.of('/later').sockets.size === 0, 'the departure');
    assert.equal(began, 1, 'one client was there all the time');
  });

  it('of a service runs on the object that controllers are given', async (t) => {
    const began = deferred();
    @injectable()
    class Feed {
      value = 0;
      @Background fill() {
        this.value = 7;
        began.resolve();
      }
    }
    @Namespace('/')
    class Reader {
      constructor(private readonly feed: Feed) {}
      @On() read() {
        return this.feed.value;
      }
    }
    const { connect } = await start(t, [Reader], { services: [Feed] });
    await began.promise;
    assert.equal(await (await connect()).emitWithAck('read'), 7);
  });

  it('is inherited, and a class that serves two namespaces does it once', async (t) => {
    let calls = 0;
    class Base {
      @Background work() {
        calls++;
      }
    }
    @Namespace('/a')
    @Namespace('/b')
    class Both extends Base {}
    const { app } = await start(t, [Both]);
    await new Promise(setImmediate);
    assert.equal(calls, 1);
    assert.equal(app.table.filter(({ event }) => event === 'background').length, 1);
  });

  it('that fails is logged and started again, after pauses that double up to 30 s and begin anew after a success', async (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    t.after(() => mock.timers.reset());
    let calls = 0;
    let failing = true;
    @Namespace('/')
    class Flaky {
      @Background({ every: 1_000 }) work() {
        calls++;
        if (failing) throw new Error(`call ${calls}`);
      }
    }
    const { log } = await start(t, [Flaky]);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const pauses = (): unknown[] => log.at('error').map(({ facts }) => facts['pause']);
    const expected = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000];
    await turn();
    for (const pause of expected) {
      mock.timers.tick(pause - 1);
      await turn();
      const before = calls;
      mock.timers.tick(1);
      await turn();
      assert.equal(calls, before + 1, `the pause of ${pause} ms`);
    }
    assert.deepEqual(pauses().slice(0, expected.length), expected);
    assert.equal(log.at('error')[0]!.facts['work'], 'Flaky.work');
    assert.equal((log.at('error')[0]!.facts['err'] as Error).message, 'call 1');
    failing = false;
    mock.timers.tick(30_000);
    await turn();
    failing = true;
    mock.timers.tick(1_000);
    await turn();
    assert.equal(pauses().at(-1), 100);
  });

  it('keeps its beat with mocked timers: a call that takes longer leaves beats out', async (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    t.after(() => mock.timers.reset());
    const at: number[] = [];
    @Namespace('/')
    class Beat {
      @Background({ every: 100 }) async work() {
        at.push(Date.now());
        if (at.length === 2) await sleep(250);
      }
    }
    await start(t, [Beat]);
    for (let time = 0; time < 600; time += 10) {
      await new Promise(setImmediate);
      mock.timers.tick(10);
    }
    assert.deepEqual(at.slice(0, 4), [0, 100, 400, 500]);
  });

  it('is told to stop at shutdown, and the shutdown waits for it', async () => {
    let ended = false;
    @Namespace('/')
    class Loop {
      @Background async work(signal: AbortSignal) {
        await sleep(60_000, signal).catch(() => {});
        await sleep(5);
        ended = true;
      }
    }
    const app = await createApp({ controllers: [Loop], logger: false, signals: false });
    await app.listen({ port: 0, host: '127.0.0.1' });
    await app.close();
    assert.equal(ended, true);
  });

  it('that does not listen to its signal keeps a shutdown for the drain time only, and is named', async (t) => {
    const never = deferred();
    t.after(() => never.resolve());
    @Namespace('/')
    class Deaf {
      @Background() work() {
        return never.promise;
      }
    }
    const { app, log } = await start(t, [Deaf], { limits: { drainTime: 20 } });
    await new Promise(setImmediate);
    await within(app.close(), 'the end');
    assert.equal(log.find('work', 'Deaf.work')?.level, 'warn');
  });

  it('that is stopped by its signal is no failure; what else it throws then is logged', async (t) => {
    @Namespace('/')
    class Two {
      @Background async quiet(signal: AbortSignal) {
        await fetch('http://127.0.0.1:1', { signal }).catch(() => sleep(60_000, signal));
      }
      @Background async loud(signal: AbortSignal) {
        await sleep(60_000, signal).catch(() => {
          throw new Error('the file could not be closed');
        });
      }
    }
    const { app, log } = await start(t, [Two]);
    await new Promise(setImmediate);
    await app.close();
    assert.deepEqual(
      log.at('error').map(({ facts }) => facts['work']),
      ['Two.loud'],
    );
  });

  it('has rows of its own in the table', async (t) => {
    @injectable()
    class Service {
      @Background() loop() {}
    }
    @Namespace('/cpu')
    class Monitor {
      @Background({ every: 2_000, start: 'first-client' }) push() {}
      @Background({ stop: 'last-client', once: 'cluster' }) lead() {}
    }
    const { app, log } = await start(t, [Monitor], { services: [Service] });
    const rows = app.table.map((row) => [row.namespace, row.event, row.handler, row.arguments.join(', ')]);
    assert.deepEqual(rows, [
      ['/cpu', 'background', 'Monitor.push', 'every 2000 ms, first-client'],
      ['/cpu', 'background', 'Monitor.lead', 'first-client to last-client, once per cluster'],
      ['', 'background', 'Service.loop', 'boot'],
    ]);
    const printed = log.at('info').find(({ message }) => message.startsWith('dispatch table'));
    assert.match(printed!.message, /\/cpu {2,}\(background\) {2,}Monitor\.push {2,}every 2000 ms, first-client/);
  });
});

describe('sleep', () => {
  it('resolves in time, and throws the reason of its signal at once, however early it fires', async () => {
    await sleep(1, new AbortController().signal);
    const controller = new AbortController();
    const reason = new Error('enough');
    const asleep = sleep(60_000, controller.signal);
    controller.abort(reason);
    await assert.rejects(asleep, reason);
    await assert.rejects(sleep(0, controller.signal), reason);
  });
});
