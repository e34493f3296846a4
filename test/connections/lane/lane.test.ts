/** Who takes the fast lane, and when. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import type { Socket as Client } from 'socket.io-client';
import { Namespace, On, type AppOptions } from '../../../src/index.js';
import { start, type Running } from '../../support/app.js';

@Namespace('/chat')
class Chat {
  @On() echo(value: unknown) {
    return value;
  }
}

interface Parts {
  readonly conn: { on(event: string, listener: () => void): void; off(event: string, listener: () => void): void };
  readonly client: { readonly decoder: { add(data: unknown): void } };
}

const silent = (): void => {};

/** One client of one socket, and how many of its events its decoder has seen. */
async function enter({ app, connect }: Running) {
  const client = await connect('/chat');
  const socket = [...app.io.of('/chat').sockets.values()][0]! as Socket;
  const parts = socket as unknown as Parts;
  const prototype = Object.getPrototypeOf(parts.client.decoder) as Parts['client']['decoder'];
  let decoded = 0;
  const { add } = prototype;
  prototype.add = function (data) {
    decoded++;
    return add.call(this, data);
  };
  /** Whether an event went past the decoder, and was answered. */
  const isFast = async (from: Client = client): Promise<boolean> => {
    const before = decoded;
    assert.deepEqual(await from.emitWithAck('echo', { deep: ['é'] }), { deep: ['é'] });
    return decoded === before;
  };
  return { client, socket, parts, isFast };
}

describe('the fast lane', { timeout: 60_000 }, () => {
  const options: Partial<AppOptions> = { transports: ['websocket'], unvalidated: 'allow', engine: 'corked' };

  it('is taken by the events of a WebSocket client, and health says so', async (t) => {
    const running = await start(t, [Chat], options);
    const { isFast, client } = await enter(running);
    assert.equal(await isFast(), true);
    assert.equal(running.app.health().fastLane, 1);
    client.disconnect();
    const second = await running.connect('/chat');
    assert.equal(await isFast(second), true);
  });

  it('is left from the moment in which somebody listens, and taken again when nobody does', async (t) => {
    const running = await start(t, [Chat], options);
    const { parts, isFast } = await enter(running);
    for (const event of ['packet', 'data', 'message']) {
      parts.conn.on(event, silent);
      assert.equal(running.app.health().fastLane, 0, event);
      assert.equal(await isFast(), false, event);
      parts.conn.off(event, silent);
      assert.equal(running.app.health().fastLane, 1, event);
      assert.equal(await isFast(), true, event);
    }
  });

  for (const [why, others] of Object.entries<Partial<AppOptions>>({
    'the option is off': { fastLane: false },
    'the engine is the stock one': { engine: 'ws' },
    'clients are recovered': { connectionStateRecovery: {} },
  })) {
    it(`is not taken where ${why}`, async (t) => {
      const running = await start(t, [Chat], { ...options, ...others });
      const { isFast } = await enter(running);
      assert.equal(await isFast(), false);
      assert.equal(running.app.health().fastLane, 0);
    });
  }

  it('is taken where metrics count the bytes of packets, and left when somebody else listens too', async (t) => {
    const running = await start(t, [Chat], { ...options, metrics: '/metrics' });
    const { parts, isFast } = await enter(running);
    const bytes = (): unknown => running.app.metrics().match(/colloquy_(?:received|sent)_bytes_total\{.*\} \d+/g);
    assert.equal(await isFast(), true);
    assert.equal(running.app.health().fastLane, 1);
    const before = bytes();
    parts.conn.on('packet', silent);
    assert.equal(await isFast(), false);
    assert.notDeepEqual(bytes(), before);
  });

  it('leaves an event to `socket.on`, `socket.use` and `socket.onAny`', async (t) => {
    const running = await start(t, [Chat], options);
    const { client, socket } = await enter(running);
    const heard: string[] = [];
    socket.on('own', (value: string, answer: (value: string) => void) => answer(`${value} heard`));
    assert.equal(await client.emitWithAck('own', 'a'), 'a heard');
    socket.onAny((event: string) => heard.push(`any ${event}`));
    socket.use(([event], next) => {
      heard.push(`use ${event}`);
      next();
    });
    assert.equal(await client.emitWithAck('echo', 1), 1);
    assert.deepEqual(heard, ['any echo', 'use echo']);
  });
});
