import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Socket } from 'socket.io';
import { EventError, Namespace, On, OnAny, OnDisconnect } from '../../src/index.js';
import { start, transports } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';

interface Answer {
  readonly error: { readonly code: string; readonly message: string; readonly id?: string };
}

@Namespace('/own')
class Own {
  @On() handled(text: string) {
    return `handler ${text}`;
  }
  @On() silent() {}
}

for (const transport of transports) {
  test(`socket.on, socket.once, socket.onAny and emitWithAck of one's own work beside handlers (${transport})`, async (t) => {
    const seen: unknown[] = [];
    const { client, app } = await start(t, [Own]);
    let questions!: Promise<unknown>;
    app.io.of('/own').on('connection', (socket: Socket) => {
      socket.on('mine', (text: string, ack: (answer: string) => void) => ack(`listener ${text}`));
      socket.on('handled', (text: string) => seen.push(['on', text]));
      socket.once('silent', () => seen.push('once'));
      socket.onAny((event: string) => seen.push(['any', event]));
      socket.onAnyOutgoing((event: string) => seen.push(['out', event]));
      questions = socket.emitWithAck('question', 1);
    });
    const socket = client('/own', { transports: [transport] });
    socket.on('question', (n: number, ack: (answer: number) => void) => ack(n + 1));
    assert.equal(await socket.emitWithAck('mine', 'a'), 'listener a');
    assert.equal(await socket.emitWithAck('handled', 'b'), 'handler b');
    await socket.emitWithAck('silent');
    await socket.emitWithAck('silent');
    assert.equal(await questions, 2);
    assert.deepEqual(seen, [
      ['out', 'question'],
      ['any', 'mine'],
      ['any', 'handled'],
      ['on', 'b'],
      ['any', 'silent'],
      'once',
      ['any', 'silent'],
    ]);
  });
}

test("a socket's own middleware runs before handlers, may change the event, and is asked each time", async (t) => {
  const { connect, app } = await start(t, [Own]);
  app.io.of('/own').on('connection', (socket: Socket) => {
    socket.use((event, next) => {
      if (event[0] === 'alias') event[0] = 'handled';
      next();
    });
    socket.use((event, next) => setTimeout(next, event[1] === 'slow' ? 20 : 0));
  });
  const socket = await connect('/own');
  assert.equal(await socket.emitWithAck('alias', 'a'), 'handler a');
  assert.equal(await socket.emitWithAck('alias', 'slow'), 'handler slow');
});

test('a refusal in socket.use answers the caller, and socket.on("error") hears of it', async (t) => {
  const heard: string[] = [];
  const { connect, app, log } = await start(t, [Own]);
  app.io.of('/own').on('connection', (socket: Socket) => {
    socket.on('error', (error: Error) => heard.push(error.message));
    socket.use(([event], next) => {
      if (event === 'handled') next(new EventError('forbidden', 'not you'));
      else if (event === 'silent') next(new Error('the secret of it'));
      else next();
    });
  });
  const socket = await connect('/own');
  assert.deepEqual(await socket.emitWithAck('handled', 'a'), { error: { code: 'forbidden', message: 'not you' } });
  const { error } = (await socket.emitWithAck('silent')) as Answer;
  assert.equal(error.code, 'internal');
  assert.ok(log.find('id', error.id));
  socket.emit('handled', 'b');
  const [told] = await nextEvent<[{ event: string; error: { code: string } }]>(socket, 'exception');
  assert.deepEqual([told.event, told.error.code], ['handled', 'forbidden']);
  assert.deepEqual(heard, ['not you', 'the secret of it', 'not you']);
});

test('a listener that throws is logged; the handler runs, and a caller without one is answered', async (t) => {
  const { connect, app, log } = await start(t, [Own]);
  app.io.of('/own').on('connection', (socket: Socket) => {
    for (const event of ['handled', 'mine']) {
      socket.on(event, () => {
        throw new Error('the secret of it');
      });
    }
  });
  const socket = await connect('/own');
  assert.equal(await socket.emitWithAck('handled', 'a'), 'handler a');
  assert.equal(log.at('error').length, 1);
  const { error } = (await socket.emitWithAck('mine')) as Answer;
  assert.equal(error.code, 'internal');
  assert.ok(log.find('id', error.id));
});

test("an event that only a listener of one's own hears is no unknown event; a catch-all does not see it", async (t) => {
  const any: unknown[] = [];
  @Namespace('/own')
  class Any {
    @OnAny any() {
      any.push('any');
    }
  }
  const { connect, app } = await start(t, [Any]);
  app.io.of('/own').on('connection', (socket: Socket) => {
    socket.on('mine', (ack: () => void) => ack());
  });
  const socket = await connect('/own');
  let exceptions = 0;
  socket.on('exception', () => exceptions++);
  await socket.emitWithAck('mine');
  await socket.emitWithAck('else');
  assert.equal(exceptions, 0);
  assert.deepEqual(any, ['any']);
});

test("@OnDisconnect survives a socket's removeAllListeners()", async (t) => {
  let left = 0;
  @Namespace('/own')
  class Leaving {
    @OnDisconnect leave() {
      left++;
    }
    @On() work() {
      return 'work';
    }
  }
  const { connect, app } = await start(t, [Leaving]);
  app.io.of('/own').on('connection', (socket: Socket) => socket.removeAllListeners());
  const socket = await connect('/own');
  assert.equal(await socket.emitWithAck('work'), 'work');
  socket.disconnect();
  await until(() => app.io.of('/own').sockets.size === 0, 'the end');
  assert.equal(left, 1);
});
