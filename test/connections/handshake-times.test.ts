/** What a socket tells of its handshake is what Socket.IO tells of it, its time included. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import { Namespace, On } from '../../src/index.js';
import { start } from '../support/app.js';

type Handshake = Socket['handshake'];
type Making = Record<string, unknown> & { buildHandshake(auth: unknown): Handshake };

/** Socket.IO's own method, of a copy of its class that nobody else has. */
function stockMethod(): Making['buildHandshake'] {
  const require = createRequire(createRequire(import.meta.url).resolve('socket.io'));
  const file = require.resolve('./socket.js');
  const kept = require.cache[file];
  delete require.cache[file];
  try {
    const { prototype } = (require(file) as { Socket: { prototype: Making } }).Socket;
    // oxlint-disable-next-line typescript/unbound-method -- it is called with a socket
    return prototype.buildHandshake;
  } finally {
    require.cache[file] = kept;
  }
}

@Namespace('/handshakes')
class Empty {
  @On() nothing() {}
}

describe('the handshake of a socket', { timeout: 30_000 }, () => {
  for (const [name, options] of Object.entries({
    'over a WebSocket': { transports: ['websocket'] },
    'over long-polling': { transports: ['polling'] },
    'of a page elsewhere': { transports: ['websocket'], extraHeaders: { origin: 'http://127.0.0.1' } },
    'with a query and auth': { transports: ['websocket'], query: { a: 'é', b: '' }, auth: { token: 'secret' } },
  })) {
    it(`is the one that Socket.IO makes: ${name}`, async (t) => {
      const { app, connect } = await start(t, [Empty], { cors: { origin: true } });
      const stock = stockMethod();
      // The first socket of a class is made by Socket.IO.
      for (let n = 0; n < 3; n++) {
        const { id } = await connect('/handshakes', options);
        const socket = app.io.of('/handshakes').sockets.get(id!)!;
        const { time, issued, ...others } = socket.handshake;
        const {
          time: stockTime,
          issued: stockIssued,
          ...stockOthers
        } = stock.call(socket as never, socket.handshake.auth);
        assert.deepEqual(others, stockOthers);
        assert.deepEqual(Object.keys(socket.handshake), Object.keys(stock.call(socket as never, {})));
        assert.equal(time, String(new Date(issued)));
        assert.equal(stockTime, String(new Date(stockIssued)));
        assert.ok(Math.abs(stockIssued - issued) < 30_000);
      }
    });
  }

  it('has a time of its own in each second', async (t) => {
    const { app, connect } = await start(t, [Empty]);
    const { id: first } = await connect('/handshakes');
    t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_999 });
    const { id: second } = await connect('/handshakes');
    t.mock.timers.setTime(1_700_000_001_000);
    const { id: third } = await connect('/handshakes');
    const [, at999, at1000] = [first, second, third].map((id) => app.io.of('/handshakes').sockets.get(id!)!.handshake);
    assert.deepEqual([at999!.issued, at1000!.issued], [1_700_000_000_999, 1_700_000_001_000]);
    assert.deepEqual(
      [at999, at1000].map((each) => Date.parse(each!.time)),
      [1_700_000_000_000, 1_700_000_001_000],
    );
  });
});
