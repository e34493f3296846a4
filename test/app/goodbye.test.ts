/** The goodbye of a server: a call that it handled is acknowledged, one that it did not read fails at once or is sent again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Namespace, On, Payload } from '../../src/index.js';
import { start } from '../support/app.js';
import { until } from '../support/wait.js';

const CLIENTS = 4;

@Namespace('/')
class Silent {
  @On('nothing')
  nothing(): void {}
}

for (const transport of ['websocket', 'polling'] as const) {
  describe(`a server that closes while clients call over ${transport}`, () => {
    it('acknowledges every call that a handler took, and fails every other one at once', async (t) => {
      const handled = new Set<string>();
      @Namespace('/')
      class Work {
        @On('work')
        async work(@Payload() id: string): Promise<string> {
          handled.add(id);
          await new Promise((resolve) => setImmediate(resolve));
          return id;
        }
      }
      const { app, connect } = await start(t, [Work], { limits: { eventRate: Infinity, concurrentCalls: 10_000 } });
      const acknowledged = new Set<string>();
      const failed = new Set<string>();
      let open = 0;
      const timers: NodeJS.Timeout[] = [];
      for (let c = 0; c < CLIENTS; c++) {
        const socket = await connect('/', { transports: [transport] });
        let n = 0;
        const call = (): void => {
          const id = `${c}:${n++}`;
          open++;
          socket.timeout(20_000).emit('work', id, (error: Error | null, answer?: unknown) => {
            open--;
            if (error) failed.add(id);
            else if (answer === id) acknowledged.add(id);
          });
        };
        const timer = setInterval(() => {
          for (let k = 0; k < 20; k++) call();
        }, 1);
        timers.push(timer);
        socket.once('disconnect', () => clearInterval(timer));
      }
      t.after(() => timers.forEach(clearInterval));
      await until(() => acknowledged.size > 500, 'calls are answered');
      await app.close();
      await until(() => open === 0, 'every call has ended', 10_000);
      const lost = [...handled].filter((id) => !acknowledged.has(id));
      assert.ok(failed.size > 0, 'some calls were on their way when the server closed');
      assert.deepEqual(lost, [], 'handled and not acknowledged');
    });
  });
}

it('a server that closes disconnects many clients in batches, so that they do not all come back in one moment', async (t) => {
  const { app, connect } = await start(t, [Silent], {
    limits: { connectionsPerAddress: Infinity, connectionRate: Infinity },
  });
  let left = 0;
  const batches: number[] = [];
  for (let n = 0; n < 600; n++) {
    const socket = await connect();
    socket.once('disconnect', () => left++);
  }
  const size = (): number => app.health().clients;
  const watch = setInterval(() => {
    if (batches.at(-1) !== size()) batches.push(size());
  }, 2);
  t.after(() => clearInterval(watch));
  await app.close();
  await until(() => left === 600, 'all clients have left');
  assert.ok(batches.includes(350) && batches.includes(100), `clients that were left: ${batches.join(', ')}`);
});
