/** An application in workers, as docs/deployment.md shows it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('support/workers-app.js', import.meta.url));

it('an application in workers answers plain HTTP, by its own routes and with 404', async (t) => {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const port = await new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => /^\d+$/.test(line) && resolve(line));
  });
  const get = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
  const ready = await get('/ready');
  assert.deepEqual([ready.status, await ready.text()], [200, 'ready']);
  assert.equal((await get('/nothing')).status, 404);
  child.kill('SIGTERM');
  assert.equal((await once(child, 'exit'))[0], 0);
});
