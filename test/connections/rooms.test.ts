import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Socket } from 'socket.io';
import { createApp, Data, Namespace, On, SetupError, Signal } from '../../src/index.js';
import { startInMemory } from '../support/kit.js';
import { nextEvent } from '../support/wait.js';

@Namespace('/rooms')
class Entering {
  @On('join')
  async join(room: string, socket: Socket): Promise<string[]> {
    await socket.join(room);
    return [...socket.rooms];
  }

  @On('wait')
  async wait(@Signal() signal: AbortSignal): Promise<void> {
    await sleep(60_000, undefined, { signal });
  }
}

it('the room of an id is its own: another client that asks for it is told so and does not enter', async (t) => {
  const { app, connect } = await startInMemory(t, [Entering]);
  const [ada, eve] = [await connect('/rooms'), await connect('/rooms')];
  const answer = (await eve.emitWithAck('join', ada.id)) as { error: { code: string } };
  assert.equal(answer.error.code, 'room_taken');
  const seen: unknown[] = [];
  eve.onAny((event: string) => seen.push(event));
  const arrived = nextEvent(ada, 'private');
  app.io.of('/rooms').to(ada.id!).emit('private');
  await arrived;
  assert.deepEqual(await eve.emitWithAck('join', 'lobby'), [eve.id, 'lobby']);
  assert.deepEqual(await ada.emitWithAck('join', ada.id), [ada.id]);
  assert.deepEqual(seen, []);
});

it('a socket that may enter no more rooms keeps none of the others out of one, and ends nothing', async (t) => {
  const { app, connect, log } = await startInMemory(t, [Entering], { limits: { rooms: 1 } });
  const [full, other] = [await connect('/rooms'), await connect('/rooms')];
  await full.emitWithAck('join', 'a');
  const namespace = app.io.of('/rooms');
  namespace.socketsJoin('daily');
  assert.deepEqual([...namespace.adapter.rooms.get('daily')!], [other.id]);
  assert.match(log.at('warn')[0]!.message, /could not join/);
  const answer = (await full.emitWithAck('join', 'b')) as { error: { code: string } };
  assert.equal(answer.error.code, 'too_many_rooms');
});

it('a handler that ends because its client left is no failure for the log', async (t) => {
  const { app, connect, log } = await startInMemory(t, [Entering]);
  const socket = await connect('/rooms');
  socket.emit('wait');
  await socket.emitWithAck('join', 'a');
  const gone = nextEvent([...app.io.of('/rooms').sockets.values()][0]!, 'disconnect');
  socket.disconnect();
  await gone;
  await app.close();
  assert.deepEqual(log.at('error'), []);
});

it('two classes for socket.data in one namespace are a mistake at boot', async () => {
  class One {
    a = 1;
  }
  class Other {
    b = 1;
  }
  @Namespace('/data')
  class Torn {
    @On() one(@Data() data: One): unknown {
      return data;
    }
    @On() other(@Data() data: Other): unknown {
      return data;
    }
  }
  await assert.rejects(createApp({ controllers: [Torn], logger: false }), (error) => {
    assert.ok(error instanceof SetupError);
    assert.deepEqual(
      error.problems.map(({ where }) => where),
      ['Torn.other'],
    );
    return true;
  });
});
