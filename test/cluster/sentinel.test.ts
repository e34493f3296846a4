/** Redis behind a Sentinel, by the option `client`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { openAdapter } from '../../src/cluster/index.js';
import { until } from '../support/wait.js';
import { brokerAbsence, freePort, openBroker } from './support/brokers.js';
import { absent, isListening } from './support/engines.js';

const missing = brokerAbsence('redis');

it('nodes meet at the master that a Sentinel names', { skip: missing ? absent(missing) : false }, async (t) => {
  const broker = await openBroker('redis');
  t.after(() => broker.dispose());
  await broker.start();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor chat 127.0.0.1 ${broker.port} 1\n`,
  );
  const child = spawn('/usr/bin/redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  const sentinels = [{ host: '127.0.0.1', port }];
  const nodes = await Promise.all(
    ['redis:', 'redis:'].map(async (url) => {
      const link = openAdapter({ url, client: () => new Redis({ sentinels, name: 'chat', lazyConnect: true }) });
      const io = new Server({ adapter: link.factory });
      t.after(() => link.close());
      await link.ready();
      return { link, io };
    }),
  );
  await until(() => nodes.every(({ link }) => link.health().nodes === 2), 'they see each other');
  const heard = new Promise((resolve) => nodes[1]!.io.on('hello', resolve));
  nodes[0]!.io.serverSideEmit('hello', 1);
  assert.equal(await heard, 1);
});
