/** Clients of Socket.IO 2, which the guides of 2016 use, and which many devices still have. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it, type TestContext } from 'node:test';
import { IsInt } from 'class-validator';
import { Namespace, On } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent } from '../support/wait.js';

/** The part of a socket of socket.io-client 2 that is used here. */
interface OldSocket {
  on(event: string, listener: (...values: never[]) => void): this;
  once(event: string, listener: (...values: never[]) => void): this;
  emit(event: string, ...args: unknown[]): this;
  close(): void;
}

const connectOld = createRequire(import.meta.url)('socket.io-client-2') as (url: string, options: object) => OldSocket;

class Point {
  @IsInt() x!: number;
}

@Namespace('/old')
class Old {
  @On() point({ x }: Point) {
    return { x };
  }
  @On() bytes(bytes: Buffer) {
    return Buffer.concat([bytes, bytes]);
  }
}

function open(t: TestContext, url: string, transports: readonly string[]): OldSocket {
  const socket = connectOld(`${url}/old`, { transports, forceNew: true, reconnection: false });
  t.after(() => socket.close());
  return socket;
}

const call = (socket: OldSocket, event: string, value: unknown): Promise<unknown> =>
  new Promise((resolve) => socket.emit(event, value, resolve));

describe('a client of Socket.IO 2', () => {
  for (const engine of ['corked', 'ws'] as const) {
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      it(`is served with allowEIO3, on ${transports.join(' and ')} (${engine})`, async (t) => {
        const { url } = await start(t, [Old], { allowEIO3: true, engine });
        const client = open(t, url, transports);
        await nextEvent(client, 'connect');
        assert.deepEqual(await call(client, 'point', { x: 1, y: 2 }), { x: 1 });
        const { error } = (await call(client, 'point', { x: 'one' })) as { error: { code: string } };
        assert.equal(error.code, 'invalid');
        assert.deepEqual(await call(client, 'bytes', Buffer.from('ab')), Buffer.from('abab'));
      });
    }
  }

  it('is refused without it', async (t) => {
    const { url } = await start(t, [Old]);
    await nextEvent(open(t, url, ['websocket']), 'connect_error');
  });
});
