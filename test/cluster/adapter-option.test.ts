import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdapterError, createApp, Namespace, On, SetupError } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';

@Namespace('/news')
class News {
  @On('tell')
  tell(text: string): void {
    this.told.push(text);
  }
  readonly told: string[] = [];
}

const memory = (): string => `memory:adapter-option-${process.hrtime.bigint()}`;

describe('the option adapter', () => {
  it('makes nodes of applications: a broadcast of one reaches the clients of the other', async (t) => {
    const adapter = memory();
    const [one, two] = [await start(t, [News], { adapter }), await start(t, [News], { adapter })];
    const client = await two.connect('/news');
    const arrived = nextEvent(client, 'news');
    one.app.io.of('/news').emit('news', { bytes: Buffer.from('a') });
    assert.deepEqual(await arrived, [{ bytes: Buffer.from('a') }]);
    const sockets = await one.app.io.of('/news').fetchSockets();
    assert.deepEqual(
      sockets.map(({ id }) => id),
      [client.id],
    );
  });

  it('is told of by health, and left at close', async (t) => {
    const adapter = memory();
    const [one, two] = [await start(t, [News], { adapter }), await start(t, [News], { adapter })];
    assert.deepEqual([one.app.health().adapter?.engine, one.app.health().adapter?.state], ['memory', 'up']);
    await two.app.close();
    assert.equal(two.app.health().adapter?.state, 'closed');
    await until(() => one.app.health().adapter?.nodes === 1, 'the other has noticed');
  });

  it('takes any Socket.IO adapter as it is', async (t) => {
    const { Adapter } = await import('socket.io-adapter');
    const made: string[] = [];
    class Own extends Adapter {
      constructor(namespace: { name: string }) {
        super(namespace);
        made.push(namespace.name);
      }
    }
    const { connect } = await start(t, [News], { adapter: Own });
    await connect('/news');
    assert.ok(made.includes('/news'));
  });

  const wrong: [string, object, RegExp][] = [
    ['an unknown scheme', { adapter: 'gopher://x' }, /gopher/],
    [
      'recovery that the engine has not',
      { adapter: 'memory:x', connectionStateRecovery: {} },
      /connectionStateRecovery cannot work[^]*redis\+streams:/,
    ],
  ];
  for (const [what, options, message] of wrong) {
    it(`is a mistake at boot with ${what}`, async () => {
      const made = createApp({ controllers: [News], logger: false, ...options });
      await assert.rejects(made, (error) => error instanceof SetupError && message.test(error.message));
    });
  }

  it('is a clear error within its time where no broker answers', async () => {
    const adapter = { url: 'redis://127.0.0.1:1', startup: 'fail' } as const;
    await assert.rejects(createApp({ controllers: [News], logger: false, adapter }), AdapterError);
  });
});
