import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket as IoSocket } from 'socket.io';
import {
  broadcast,
  call,
  context,
  disconnect,
  emit,
  eventName,
  except,
  join,
  leave,
  namespace,
  rooms,
  send,
  socket,
  to,
} from '../../../src/connections/ambient/index.js';
import { Namespace, On, OnConnect, OnDisconnect, OnError, OnJoin, Use } from '../../../src/index.js';
import { start } from '../../support/app.js';
import { deferred, nextEvent, until, within } from '../../support/wait.js';

/** What stands for a service that is given no socket. */
function whoami(): string {
  return `${eventName()} of ${socket().id} in ${namespace().name}`;
}

const seen: string[] = [];

@Namespace('/ambient')
@Use((_context, next) => {
  seen.push(`middleware ${eventName()}`);
  return next();
})
class Ambient {
  @OnConnect async enter() {
    await new Promise(setImmediate);
    emit('hello', whoami());
  }
  @On() who() {
    return whoami();
  }
  @On() async later() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return new Promise((resolve) => setTimeout(() => resolve(whoami()), 5));
  }
  @On() asks() {
    emit('question', (answer: string) => send(`${answer}: ${whoami()}`));
  }
  @On() async askAndWait() {
    return call<string>('question');
  }
  @On() async enterRoom(room: string) {
    await join(room);
    to(room).emit('entered', socket().id);
    return rooms();
  }
  @On() async leaveRoom(room: string) {
    await leave(room);
    return rooms();
  }
  @On() shout(room: string) {
    broadcast('shouted', 'everybody else');
    except(room).emit('shouted', 'not in the room');
    namespace().emit('shouted', 'everybody');
  }
  @On() go() {
    disconnect();
  }
  @On() fails() {
    throw new Error('failed');
  }
  @OnError failed() {
    return whoami();
  }
  @OnJoin joined() {
    seen.push(`join ${eventName()} ${context().event}`);
  }
  @OnDisconnect left() {
    seen.push(`left ${rooms().includes('a')} ${eventName()}`);
  }
}

describe('the ambient context', () => {
  it('is there in handlers, after every await, in timers, in @OnConnect and in @OnError', async (t) => {
    const { client } = await start(t, [Ambient]);
    const one = client('/ambient');
    const [hello] = await nextEvent<[string]>(one, 'hello');
    assert.equal(hello, `connect of ${one.id} in /ambient`);
    for (const event of ['who', 'later', 'fails']) {
      assert.equal(await one.emitWithAck(event), `${event} of ${one.id} in /ambient`);
    }
    assert.ok(seen.includes('middleware connect') && seen.includes('middleware who'));
  });

  it('keeps the events of many clients apart', async (t) => {
    const { connect } = await start(t, [Ambient]);
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect('/ambient')));
    const answers = await Promise.all(clients.flatMap((each) => [each.emitWithAck('later'), each.emitWithAck('who')]));
    const expected = clients.flatMap(({ id }) => [`later of ${id} in /ambient`, `who of ${id} in /ambient`]);
    assert.deepEqual(answers, expected);
  });

  it('is restored when a client answers a question', async (t) => {
    const { connect } = await start(t, [Ambient]);
    const one = await connect('/ambient');
    one.on('question', (answer: (value: string) => void) => answer('yes'));
    one.emit('asks');
    assert.deepEqual(await nextEvent(one, 'message'), [`yes: asks of ${one.id} in /ambient`]);
    assert.equal(await one.emitWithAck('askAndWait'), 'yes');
  });

  it('joins, leaves, lists and reaches rooms, and everybody else', async (t) => {
    const { connect } = await start(t, [Ambient]);
    const [one, two, three] = [await connect('/ambient'), await connect('/ambient'), await connect('/ambient')];
    assert.deepEqual(await one.emitWithAck('enterRoom', 'a'), [one.id, 'a']);
    const entered = nextEvent(one, 'entered');
    two.on('entered', () => assert.fail('the caller is not told'));
    assert.deepEqual(await two.emitWithAck('enterRoom', 'a'), [two.id, 'a']);
    assert.deepEqual(await entered, [two.id]);
    assert.deepEqual(await two.emitWithAck('leaveRoom', 'a'), [two.id]);
    const heard: Record<string, string[]> = { one: [], two: [], three: [] };
    for (const [name, each] of Object.entries({ one, two, three })) {
      each.on('shouted', (what: string) => heard[name]!.push(what));
    }
    two.emit('shout', 'a');
    await until(() => Object.values(heard).every((each) => each.at(-1) === 'everybody'), 'the last shout');
    assert.deepEqual(heard, {
      one: ['everybody else', 'everybody'],
      two: ['everybody'],
      three: ['everybody else', 'not in the room', 'everybody'],
    });
    assert.ok(seen.includes('join join join'), 'it is there in @OnJoin');
  });

  it('disconnects the caller, and is there in @OnDisconnect with the rooms as they were', async (t) => {
    const { connect } = await start(t, [Ambient]);
    const one = await connect('/ambient');
    await one.emitWithAck('enterRoom', 'a');
    one.emit('go');
    assert.deepEqual(await nextEvent(one, 'disconnect'), ['io server disconnect', undefined]);
    await until(() => seen.includes('left true disconnect'), 'the departure');
  });

  it('is nowhere else: outside of any handler, every function says so', async (t) => {
    for (const use of [context, socket, namespace, eventName, rooms, () => emit('x'), () => join('a'), disconnect]) {
      assert.throws(use, /no event is being handled here/);
    }
    const raw = deferred<unknown>();
    const { app, connect } = await start(t, [Ambient]);
    app.io.of('/ambient').on('connection', (each: IoSocket) => {
      each.on('raw', () => {
        try {
          raw.resolve(eventName());
        } catch (error) {
          raw.resolve(error);
        }
      });
    });
    (await connect('/ambient')).emit('raw');
    assert.match(String(await within(raw.promise, 'the raw listener')), /no event is being handled here/);
  });
});
