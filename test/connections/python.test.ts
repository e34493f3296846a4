/** A client of another language, which knows nothing of us: Debian's python3-socketio. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../repo/sources.js';
import { start, transports } from '../support/app.js';
import { ContractController } from '../support/contract.controller.js';

const PYTHON = '/usr/bin/python3';
const isInstalled = spawnSync(PYTHON, ['-c', 'import socketio, aiohttp']).status === 0;
const reason = `python3-socketio is not installed for ${PYTHON}`;

interface Answers {
  readonly [event: string]: unknown;
  readonly invalid: { readonly error: { readonly code: string; readonly issues: { readonly path: string }[] } };
  readonly throwsError: { readonly error: { readonly id: string } };
}

for (const transport of transports) {
  test(`every row of the contract holds for a client in Python (${transport})`, async (t) => {
    if (!isInstalled) {
      assert.ok(!process.env['CI'], reason);
      return t.skip(reason);
    }
    const { url, log } = await start(t, [ContractController]);
    const script = join(root, 'test/connections/python_client.py');
    const { stdout } = await promisify(execFile)(PYTHON, [script, url, transport], { timeout: 30_000 });
    const { invalid, throwsError, returnsCycle, nobody, slow, ...rest } = JSON.parse(stdout) as Answers;
    const full = { code: 'room_full', message: 'No seat is left', details: { seats: 4 } };
    assert.deepEqual(rest, {
      value: { a: 1 },
      nothing: null,
      several: ['one', { two: 2 }, [3]],
      binary: true,
      point: { x: 1, name: 'a' },
      room: { error: full },
      byHand: ['by', 'hand'],
      exceptions: [{ event: 'room', error: full }],
    });
    assert.equal(invalid.error.code, 'invalid');
    assert.deepEqual(
      invalid.error.issues.map(({ path }) => path),
      ['x', 'name'],
    );
    assert.ok(log.find('id', throwsError.error.id));
    const codes = [returnsCycle, nobody, slow].map(
      (answer) => (answer as Answers['throwsError'] & { error: { code: string } }).error.code,
    );
    assert.deepEqual(codes, ['internal', 'unknown_event', 'timeout']);
  });
}
