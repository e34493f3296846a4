import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createEmitter } from '../../src/cluster/emitter/index.js';
import { until } from '../support/wait.js';
import { absence, engineNamed, forgetStreams } from './support/engines.js';

describe('an emitter whose connection goes dead without a word', () => {
  for (const name of ['redis', 'redis (ioredis)', 'redis-streams', 'postgres']) {
    it(`${name}: notices, counts what is lost, and keeps what may wait for the next connection`, async (t) => {
      const engine = engineNamed(name);
      const missing = await absence(engine);
      if (missing) return t.skip(missing);
      const wire = await openWire(t, engine.broker!.port);
      const prefix = `silence-${process.pid}`;
      const direct = await engine.option(prefix);
      const url = direct.url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${wire.port}`);
      const option = { ...(await engine.option(prefix, url)), url };
      const io = await createEmitter({
        ...option,
        heartbeat: { interval: 50, timeout: 300 },
        whenDown: { buffer: 10 },
      });
      t.after(() => io.close());
      if (engine.official) t.after(() => forgetStreams(prefix));
      wire.cut();
      io.emit('lost');
      await until(() => io.health().state === 'down', 'the silence is noticed');
      io.emit('kept');
      // The stream tells what it has: what may not have arrived is kept and sent again. Elsewhere it is counted as lost.
      const sendsAgain = engine.official === true;
      assert.equal(io.health().buffered, sendsAgain ? 2 : 1);
      if (!sendsAgain) await until(() => io.health().dropped === 1, 'the loss is counted', 15_000);
      wire.fix();
      await until(() => io.health().state === 'up', 'there is a new connection');
      await until(() => io.health().buffered === 0, 'what was kept is sent');
      assert.equal(io.health().dropped, sendsAgain ? 0 : 1);
    });
  }
});

interface Wire {
  readonly port: number;
  /** Nothing passes any more, and nobody is told; who connects anew is turned away. */
  cut(): void;
  /** Who connects from now on gets through. */
  fix(): void;
}

/** The way to a broker. */
async function openWire(t: TestContext, port: number): Promise<Wire> {
  const ends: Socket[] = [];
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    near.pipe(far);
    far.pipe(near);
    ends.push(
      near.on('error', () => {}),
      far.on('error', () => {}),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const end of ends) end.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false;
      for (const end of ends) end.unpipe().pause();
    },
    fix: () => void (whole = true),
  };
}
