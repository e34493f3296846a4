import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ack, Emit, EventError, Namespace, On, OnConnect, reply, Use, type Middleware } from '../../../src/index.js';
import { Socket } from 'socket.io';
import { startInMemory } from '../../support/kit.js';
import { nextEvent } from '../../support/wait.js';

class NotFound extends EventError {
  constructor() {
    super('not_found', 'There is no such thing.');
  }
}

@Namespace('/emit')
class Emitting {
  @OnConnect
  async enter(socket: Socket): Promise<void> {
    await socket.join('everybody');
  }

  @On('sender')
  @Emit('to sender')
  sender(value: unknown): unknown {
    return value;
  }

  @On('others')
  @Emit('to others', { to: 'others' })
  others(): string {
    return 'news';
  }

  @On('all')
  @Emit('to all', { to: 'all' })
  all(): unknown {
    return reply(1, 2);
  }

  @On('room')
  @Emit('to room', { to: { room: (value) => String(value) } })
  room(name: string): string {
    return name;
  }

  @On('by hand')
  @Emit('by hand')
  byHand(@Ack() ack: (value: string) => void): string {
    ack('first');
    ack('second');
    return 'third';
  }

  @On('empty')
  @Emit('maybe', { skipEmpty: true })
  @Emit('always')
  empty(): null {
    return null;
  }

  @On('find')
  @Emit('found')
  @Emit('failed', { on: NotFound })
  find(): never {
    throw new NotFound();
  }

  @On('other failure')
  @Emit('failed', { on: NotFound })
  fail(): never {
    throw new EventError('other', 'Something else.');
  }
}

describe('@Emit', () => {
  it('emits the result to the caller next to the acknowledgement', async (t) => {
    const { connect } = await startInMemory(t, [Emitting]);
    const socket = await connect('/emit');
    const emitted = nextEvent(socket, 'to sender');
    assert.deepEqual(await socket.emitWithAck('sender', { a: 1 }), { a: 1 });
    assert.deepEqual(await emitted, [{ a: 1 }]);
  });

  it('emits to the others, to all with several values, and to a room', async (t) => {
    const { connect } = await startInMemory(t, [Emitting]);
    const [caller, other] = [await connect('/emit'), await connect('/emit')];
    const seen: string[] = [];
    caller.onAny((event: string) => seen.push(event));
    const atOther = [nextEvent(other, 'to others'), nextEvent(other, 'to all'), nextEvent(other, 'to room')];
    await caller.emitWithAck('others');
    await caller.emitWithAck('all');
    await caller.emitWithAck('room', 'everybody');
    assert.deepEqual(await Promise.all(atOther), [['news'], [1, 2], ['everybody']]);
    assert.deepEqual(seen, ['to all']);
  });

  it('skips an empty result where it is told to, and emits every one of several', async (t) => {
    const { connect } = await startInMemory(t, [Emitting]);
    const socket = await connect('/emit');
    const seen: string[] = [];
    socket.onAny((event: string) => seen.push(event));
    await socket.emitWithAck('empty');
    await socket.emitWithAck('sender');
    assert.deepEqual(seen, ['always', 'to sender']);
  });

  it('emits what the client is told of a failure of that class, and only of that', async (t) => {
    const { connect } = await startInMemory(t, [Emitting]);
    const socket = await connect('/emit');
    const seen: unknown[][] = [];
    socket.onAny((...event: unknown[]) => seen.push(event));
    const answer = await socket.emitWithAck('find');
    await socket.emitWithAck('other failure');
    assert.deepEqual(answer, { error: { code: 'not_found', message: 'There is no such thing.' } });
    assert.deepEqual(seen, [['failed', answer.error]]);
  });

  it('emits once where the answer is given by hand, also for a second answer or a result after it', async (t) => {
    const { connect } = await startInMemory(t, [Emitting]);
    const socket = await connect('/emit');
    const seen: unknown[][] = [];
    socket.onAny((...event: unknown[]) => seen.push(event));
    assert.equal(await socket.emitWithAck('by hand'), 'first');
    await socket.emitWithAck('sender');
    assert.deepEqual(seen, [['by hand', 'first'], ['to sender']]);
  });

  it('emits once, and runs its middleware once, where a child decorates an inherited method again', async (t) => {
    const ran: string[] = [];
    const count: Middleware = (context, next) => {
      ran.push(context.event);
      return next();
    };
    class Parent {
      @On('say') @Emit('said', { to: 'all' }) @Emit('told', { to: { room: 'everybody' } }) @Use(count) say(): string {
        return 'parent';
      }
    }
    @Namespace('/emit')
    class Child extends Parent {
      @OnConnect async enter(socket: Socket): Promise<void> {
        await socket.join('everybody');
      }
      @On('say')
      @Emit('said', { to: 'all' })
      @Emit('told', { to: { room: 'everybody' } })
      @Emit('more')
      @Use(count)
      override say(): string {
        return 'child';
      }
    }
    const { connect } = await startInMemory(t, [Child]);
    const [socket, other] = [await connect('/emit'), await connect('/emit')];
    const seen: unknown[][] = [];
    socket.onAny((...event: unknown[]) => seen.push(event));
    other.onAny((...event: unknown[]) => seen.push(['other', ...event]));
    await socket.emitWithAck('say');
    await other.emitWithAck('nobody');
    assert.deepEqual(seen.map(String).toSorted(), ['more,child', 'other,said,child', 'other,told,child', 'said,child']);
    assert.deepEqual(ran, ['say']);
  });
});
