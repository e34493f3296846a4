import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket as ClientSocket } from 'socket.io-client';
import { PATH, startWith } from '../../support/start-with.js';

function answering(client: ClientSocket, ...values: unknown[]): void {
  client.on('question', (...args: unknown[]) => (args.at(-1) as (...values: unknown[]) => void)(...values));
}

describe("Socket.IO's own questions to clients", () => {
  it('socket.emitWithAck gives the answer of one client', async (t) => {
    const { connect } = await startWith(t, (socket) => socket.emitWithAck('question', 1));
    const client = await connect(PATH);
    answering(client, 'answer');
    assert.equal(await client.emitWithAck('run'), 'answer');
  });

  it('socket.emit with a callback gives all values of the answer', async (t) => {
    const { connect } = await startWith(
      t,
      (socket) => new Promise((resolve) => socket.emit('question', (...values: unknown[]) => resolve(values))),
    );
    const client = await connect(PATH);
    answering(client, 'one', 2, [3]);
    assert.deepEqual(await client.emitWithAck('run'), ['one', 2, [3]]);
  });

  it('socket.timeout rejects where the client does not answer', async (t) => {
    const { connect } = await startWith(t, (socket) =>
      socket
        .timeout(20)
        .emitWithAck('question')
        .catch((error: Error) => error.message),
    );
    const client = await connect(PATH);
    assert.equal(await client.emitWithAck('run'), 'operation has timed out');
  });

  it('namespace.timeout().emitWithAck gathers the answers of all', async (t) => {
    const { app, connect } = await startWith(t, () => {});
    const clients = [await connect(PATH), await connect(PATH)];
    clients.forEach((client, index) => answering(client, index));
    const answers = (await app.io.of(PATH).timeout(5_000).emitWithAck('question')) as number[];
    assert.deepEqual(
      answers.toSorted((a, b) => a - b),
      [0, 1],
    );
  });

  it('broadcast.timeout().emitWithAck says who of the others did answer when one did not', async (t) => {
    const { connect } = await startWith(t, async (socket) => {
      const error = await socket.broadcast
        .timeout(50)
        .emitWithAck('question')
        .then(
          () => undefined,
          (late: Error & { responses: unknown[] }) => late,
        );
      return error?.responses;
    });
    const [caller, answers] = [await connect(PATH), await connect(PATH), await connect(PATH)];
    answering(answers, 'here');
    assert.deepEqual(await caller.emitWithAck('run'), ['here']);
  });
});
