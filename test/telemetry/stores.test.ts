/** Stores that are bound to the channels hold while the work of their message runs. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Socket } from 'socket.io';
import {
  Ack,
  type AckFunction,
  Background,
  EventError,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  OnJoin,
} from '../../src/index.js';
import { channels, type TypedChannel } from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, nextEvent, until } from '../support/wait.js';

const current = new AsyncLocalStorage<string>();

function bind<Message extends object>(
  t: TestContext,
  channel: TypedChannel<Message>,
  name: (message: Message) => string,
) {
  channel.bindStore(current, name);
  t.after(() => channel.unbindStore(current as never));
}

/** What the slow handler waits for. */
let overdue = deferred();

/** Where the store was read, with what it held. */
let seen: [string, string | undefined][] = [];
const see = (where: string): void => void seen.push([where, current.getStore()]);

@Namespace('/stores')
class Stores {
  @OnConnect enter() {
    see('enter');
  }
  @OnDisconnect left() {
    see('left');
  }
  @OnJoin joined() {
    see('joined');
  }
  @On() async say(socket: Socket) {
    see('say');
    await setTimeout(1);
    see('later');
    await socket.join('room');
    globalThis.setImmediate(() => see('immediate'));
  }
  @On() fail() {
    throw new EventError('own', 'Own.');
  }
  @On() async failLater() {
    await setTimeout(1);
    throw new EventError('own', 'Own.');
  }
  @On('slow', { timeout: 20 }) async slow() {
    await overdue.promise;
    see('too late');
  }
  @On('forgotten', { timeout: 20 }) forgotten(@Ack() _answer: AckFunction) {}
  @OnError heard() {
    see('heard');
  }
}

describe('a store that is bound to a channel', () => {
  it('holds in a call: in its handler, after it waited, in @OnError, and where the time is over', async (t) => {
    seen = [];
    overdue = deferred();
    bind(t, channels.call, ({ type, handler }) => `${type} ${handler}`);
    const { connect } = await start(t, [Stores]);
    const client = await connect('/stores');
    for (const event of ['say', 'fail', 'failLater', 'slow', 'forgotten']) await client.emitWithAck(event);
    overdue.resolve();
    await until(() => seen.some(([where]) => where === 'too late'), 'the slow handler');
    client.disconnect();
    await until(() => seen.some(([where]) => where === 'left'), 'the disconnection');
    const of = (handler: string): string => `start Stores.${handler}`;
    assert.deepEqual(seen, [
      ['enter', undefined],
      ['say', of('say')],
      ['later', of('say')],
      ['joined', of('joined')],
      ['immediate', of('say')],
      ['heard', of('fail')],
      ['heard', of('failLater')],
      ['heard', of('slow')],
      ['heard', of('forgotten')],
      ['too late', of('slow')],
      ['left', of('left')],
    ]);
  });

  it('holds in the gate, in a round, in an emission, and where a message of another node is followed', async (t) => {
    seen = [];
    const worked = deferred<string | undefined>();
    const served = deferred<string | undefined>();
    @Namespace('/work')
    class Work {
      @OnConnect enter() {
        see('enter');
      }
      @Background work() {
        worked.resolve(current.getStore());
      }
    }
    bind(t, channels.connection, ({ type, namespace }) => `${type} ${namespace}`);
    bind(t, channels.background, ({ type, work }) => `${type} ${work}`);
    bind(t, channels.bus, (message) => (message.type === 'start' ? `${message.direction} ${message.namespace}` : ''));
    const options = { adapter: `memory://${t.name.replaceAll(/\W+/g, '-')}` };
    const here = await start(t, [Work], options);
    const there = await start(t, [Work], options);
    assert.equal(await worked.promise, 'start Work.work');
    await here.connect('/work');
    assert.deepEqual(seen, [['enter', 'start /work']]);
    there.app.io.of('/work').on('ask', (() => served.resolve(current.getStore())) as never);
    here.app.io.of('/work').serverSideEmit('ask');
    assert.equal(await served.promise, 'in /work');
  });
});

describe('headers on the bus', () => {
  it('travel with a message to the other nodes, and change nothing for their clients', async (t) => {
    @Namespace('/bus')
    class Bus {
      @On() tell(socket: Socket, value: unknown) {
        socket.nsp.emit('told', value);
      }
    }
    const received: Record<string, string>[] = [];
    const hear: Parameters<typeof channels.bus.subscribe>[0] = (message) => {
      if (message.type !== 'start') return;
      if (message.direction === 'in') received.push(message.headers);
      else Object.assign(message.headers, { traceparent: 'one-two', broken: 7 });
    };
    channels.bus.subscribe(hear);
    t.after(() => channels.bus.unsubscribe(hear));
    const options = { adapter: `memory://${t.name.replaceAll(/\W+/g, '-')}` };
    const here = await start(t, [Bus], options);
    const there = await start(t, [Bus], options);
    const [asking, listening] = [await here.connect('/bus'), await there.connect('/bus')];
    const told = nextEvent(listening, 'told');
    await asking.emitWithAck('tell', { bytes: Buffer.from('abc') });
    assert.deepEqual(await told, [{ bytes: Buffer.from('abc') }]);
    await until(() => received.length > 0, 'the message');
    assert.deepEqual(received, [{ traceparent: 'one-two' }], 'texts only');
  });
});
