import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsInt } from 'class-validator';
import { call, CallError, unwrap } from '../../src/client/index.js';
import { EventError, Namespace, On } from '../../src/index.js';
import { startInMemory } from '../support/kit.js';

class Point {
  @IsInt() x!: number;
}

@Namespace('/calls')
class Calls {
  @On() double({ x }: Point) {
    return x * 2;
  }
  @On() full() {
    throw new EventError('room_full', 'No seat is left.', { seats: 4 });
  }
  @On() fails() {
    throw new Error('stays inside');
  }
  @On() lookalike() {
    return { error: 'a word, and no failure' };
  }
}

describe('colloquy/client', () => {
  it('call gives the answer of a handler, as the type that is asked for', async (t) => {
    const { connect } = await startInMemory(t, [Calls]);
    const answer: number = await call<number>(await connect('/calls'), 'double', { x: 21 });
    assert.equal(answer, 42);
  });

  it('call throws a CallError where the handler failed, with all that the server said', async (t) => {
    const { connect } = await startInMemory(t, [Calls]);
    const socket = await connect('/calls');
    await assert.rejects(call(socket, 'full'), {
      name: 'CallError',
      code: 'room_full',
      message: 'No seat is left.',
      details: { seats: 4 },
    });
    const issues = [{ path: 'x', rule: 'isInt', message: 'x must be an integer number' }];
    await assert.rejects(call(socket, 'double', { x: 'one' }), { code: 'invalid', issues });
    const internal = await call(socket, 'fails').catch((error: unknown) => error);
    assert.ok(internal instanceof CallError);
    assert.match(internal.id!, /^[0-9a-f-]{36}$/);
  });

  it('call takes a time limit of socket.timeout, and rejects as Socket.IO does', async (t) => {
    const { connect } = await startInMemory(t, [Calls]);
    const socket = await connect('/calls');
    socket.io.engine.close();
    await assert.rejects(call(socket.timeout(20), 'double', { x: 1 }), /operation has timed out|disconnected/);
  });

  it('unwrap throws a failure only, and nothing that merely resembles one', async (t) => {
    const { connect } = await startInMemory(t, [Calls]);
    const socket = await connect('/calls');
    assert.deepEqual(unwrap(await socket.emitWithAck('lookalike')), { error: 'a word, and no failure' });
    assert.throws(() => unwrap({ error: { code: 'busy', message: 'Later.' } }), CallError);
  });
});
