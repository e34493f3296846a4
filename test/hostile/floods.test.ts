/** Budgets belong to the transport and to the address: no client renews them, and an honest burst loses nothing. */
import assert from 'node:assert/strict';
import { connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Socket } from 'socket.io';
import { ConnectionRefused, Namespace, On, OnConnect, type AppOptions } from '../../src/index.js';
import { start, transports } from '../support/app.js';
import { openRaw } from '../support/raw-client.js';
import { deferred, until } from '../support/wait.js';

let ran = 0;

@Namespace('/room/:id')
class Rooms {
  @On() count() {
    ran++;
  }
}

@Namespace('/closed')
class Closed {
  static entered = 0;
  @OnConnect enter() {
    Closed.entered++;
    throw new ConnectionRefused('no');
  }
}

const quick = { eventRate: 20, eventBurst: 10 };

for (const transport of transports) {
  describe(`a client over ${transport}`, () => {
    it('has one budget of events for all its namespaces', async (t) => {
      const { url, app } = await start(t, [Rooms], { limits: quick });
      const raw = await openRaw(t, url, transport);
      const names = Array.from({ length: 16 }, (_, n) => `/room/${n}`);
      for (const name of names) raw.send(`0${name},`);
      for (const name of names) await raw.frame(`0${name},`);
      ran = 0;
      const started = performance.now();
      for (let n = 0; n < 20; n++) for (const name of names) raw.send(`2${name},${n}["count"]`);
      await until(() => ran + (app.health().counts.rate_limited ?? 0) === 320, 'all calls', 20_000);
      const allowed = 10 + (20 * (performance.now() - started)) / 1000 + 1;
      assert.ok(ran <= allowed, `${ran} ran, ${allowed} were allowed`);
    });

    it('does not renew it by leaving a namespace', async (t) => {
      const { url, app } = await start(t, [Rooms], { limits: quick });
      const raw = await openRaw(t, url, transport);
      ran = 0;
      const started = performance.now();
      for (let round = 0; round < 10; round++) {
        raw.send('0/room/a,');
        await raw.frame('0/room/a,');
        for (let n = 0; n < 20; n++) raw.send(`2/room/a,${n}["count"]`);
        raw.send('1/room/a,');
        await until(() => !app.io._nsps.has('/room/a'), 'the end');
      }
      await setTimeout(50);
      const allowed = 10 + (20 * (performance.now() - started)) / 1000 + 1;
      assert.ok(ran <= allowed, `${ran} ran, ${allowed} were allowed`);
    });

    it('is disconnected if it asks for namespaces too often, and logs no line for each', async (t) => {
      const { url, app, log } = await start(t, [Closed], { limits: { connectRate: 1, connectBurst: 20 } });
      const raw = await openRaw(t, url, transport);
      Closed.entered = 0;
      for (let n = 0; n < 500; n++) raw.send('0/closed,');
      await raw.closed;
      assert.ok(Closed.entered <= 21, `${Closed.entered} entered`);
      assert.equal(app.health().counts.connect_rate, 1);
      assert.ok(log.lines.filter(({ level }) => level !== 'info').length < 5);
    });

    it('is read no faster than its bytes allow, and loses nothing', async (t) => {
      const bytes = 20_000;
      const { connect } = await start(t, [Rooms], { limits: { byteRate: 1_000_000, byteBurst: 100_000 } });
      const client = await connect('/room/a', { transports: [transport] });
      ran = 0;
      const started = performance.now();
      for (let n = 0; n < 100; n++) client.emit('count', 'x'.repeat(bytes));
      await until(() => ran === 100, 'all events', 10_000);
      const seconds = (performance.now() - started) / 1000;
      assert.ok(seconds >= 1.5, `2,000,000 bytes in ${seconds} s, at 1,000,000 a second after 100,000`);
    });

    it('loses nothing of an honest burst without acknowledgements', async (t) => {
      const received: number[] = [];
      const open = deferred();
      @Namespace('/burst')
      class Burst {
        @On() async work(n: number) {
          received.push(n);
          if (n < 32) await open.promise;
          else await Promise.resolve();
        }
      }
      const { connect, app } = await start(t, [Burst]);
      const client = await connect('/burst', { transports: [transport] });
      for (let n = 0; n < 390; n++) client.emit('work', n);
      await until(() => received.length === 32, 'the first calls');
      open.resolve();
      await until(() => received.length === 390, 'all of them', 10_000);
      assert.deepEqual(
        received,
        Array.from({ length: 390 }, (_, n) => n),
        'in order',
      );
      assert.deepEqual(app.health().counts, {});
    });

    it('loses nothing of a burst above the rate without acknowledgements', async (t) => {
      const received: number[] = [];
      @Namespace('/burst')
      class Burst {
        @On() work(n: number) {
          received.push(n);
        }
      }
      const { connect } = await start(t, [Burst], { limits: { eventRate: 500, eventBurst: 50 } });
      const client = await connect('/burst', { transports: [transport] });
      for (let n = 0; n < 300; n++) client.emit('work', n);
      await until(() => received.length === 300, 'all of them', 10_000);
      assert.deepEqual(
        received,
        Array.from({ length: 300 }, (_, n) => n),
        'in order',
      );
    });

    it('that only blocks itself keeps nobody else waiting', async (t) => {
      const hang = deferred();
      @Namespace('/hang')
      class Hang {
        @On() hang() {
          return hang.promise;
        }
        @On() echo(value: unknown) {
          return value;
        }
      }
      const { connect } = await start(t, [Hang], { limits: { concurrentCalls: 2, queuedCalls: 2 } });
      const blocked = await connect('/hang', { transports: [transport] });
      const other = await connect('/hang', { transports: [transport] });
      for (let n = 0; n < 300; n++) blocked.emit('hang');
      for (let n = 0; n < 20; n++) assert.equal(await other.emitWithAck('echo', n), n);
      hang.resolve();
      assert.equal(await blocked.emitWithAck('echo', 1), 1);
    });
  });
}

describe('one address', () => {
  const refusals = async (
    t: Parameters<typeof start>[0],
    options: Partial<AppOptions>,
    headers: (n: number) => Record<string, string>,
    tries = 60,
  ) => {
    const running = await start(t, [Rooms], options);
    const results = await Promise.all(
      Array.from({ length: tries }, (_, n) =>
        fetch(`${running.url}/socket.io/?EIO=4&transport=polling`, { headers: headers(n) }).then(
          ({ status }) => status,
        ),
      ),
    );
    return { refused: results.filter((status) => status !== 200).length, running };
  };

  it('has no more connections than allowed, exactly', async (t) => {
    const { refused, running } = await refusals(t, { limits: { connectionsPerAddress: 10 } }, () => ({}));
    assert.equal(refused, 50);
    assert.equal(running.app.health().counts.address_limit, 50);
  });

  it('makes new ones no faster than allowed', async (t) => {
    const { refused } = await refusals(t, { limits: { connectionRate: 1, connectionBurst: 5 } }, () => ({}));
    assert.ok(refused >= 53 && refused <= 55, `${refused} were refused`);
  });

  it('is free again when its connections have ended', async (t) => {
    const { connect, refusal } = await start(t, [Rooms], { limits: { connectionsPerAddress: 2 } });
    const one = await connect('/room/a');
    await connect('/room/a');
    await refusal('/room/a');
    one.disconnect();
    await setTimeout(50);
    await connect('/room/a');
  });

  it('is what a trusted proxy says, and nobody else', async (t) => {
    const limits = { connectionsPerAddress: 1 };
    const forwarded = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}` });
    assert.equal((await refusals(t, { limits }, forwarded)).refused, 59, 'an untrusted header is not believed');
    for (const trustProxy of [1, true, 'loopback', ['127.0.0.1']] as const) {
      assert.equal((await refusals(t, { limits, trustProxy }, forwarded)).refused, 0, String(trustProxy));
    }
    const spoofed = (n: number) => ({ 'x-forwarded-for': `198.51.100.${n}, 203.0.113.7` });
    assert.equal(
      (await refusals(t, { limits, trustProxy: 1 }, spoofed)).refused,
      59,
      'only the proxy’s own word counts',
    );
    const network = (n: number) => ({ 'x-forwarded-for': `2001:db8:1:2:${n}::1` });
    assert.equal(
      (await refusals(t, { limits, trustProxy: 1 }, network)).refused,
      59,
      'an IPv6 client has a whole network',
    );
  });

  it('of this machine has no limit unless it is given', async (t) => {
    assert.equal((await refusals(t, {}, () => ({}), 600)).refused, 0);
  });
});

describe('a slow reader', () => {
  it(
    'that takes nothing is cut off; one that is only behind stays, and gets everything',
    { timeout: 30_000 },
    async (t) => {
      @Namespace('/large')
      class Large {
        @OnConnect join(socket: Socket) {
          return socket.join('all');
        }
      }
      const { app, port, connect } = await start(t, [Large], { limits: { sendBuffer: 1_000_000 } });
      const stuck: TcpSocket = connectTcp(port, '127.0.0.1');
      t.after(() => stuck.destroy());
      stuck.write(
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await new Promise((resolve) => stuck.once('data', resolve));
      const mask = [0, 0, 0, 0];
      stuck.write(Buffer.from([0x81, 0x80 | '40/large,'.length, ...mask, ...Buffer.from('40/large,')]));
      await until(() => app.io.of('/large').sockets.size === 1, 'the stuck client');
      stuck.pause();
      const honest = await connect('/large');
      let bytes = 0;
      honest.on('news', (text: string) => (bytes += text.length));
      // More than the kernel takes for the stuck one, and less than 16 times the limit, which nobody may be behind by.
      for (let n = 0; n < 30; n++) app.io.of('/large').to('all').emit('news', 'x'.repeat(500_000));
      await until(() => bytes === 15_000_000, 'everything, for the honest one', 20_000);
      await until(() => app.io.of('/large').sockets.size === 1, 'the end of the stuck one', 20_000);
      assert.ok(honest.connected);
      assert.equal(app.health().counts.send_buffer, 1);
    },
  );
});
