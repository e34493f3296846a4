import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { Background, createApp, Namespace, On, SetupError } from '../../src/index.js';
import { start } from '../support/app.js';
import { until, within } from '../support/wait.js';

function spin(ms: number): void {
  for (const end = Date.now() + ms; Date.now() < end;);
}

@Namespace('/')
class Busy {
  @On() atOnce() {
    spin(300);
  }
  @On() async afterwards() {
    await new Promise(setImmediate);
    spin(300);
  }
  @On() async waiting() {
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

describe('a blocked event loop', () => {
  for (const event of ['atOnce', 'afterwards'] as const) {
    it(`names the handler that blocked it (${event})`, async (t) => {
      const { connect, log } = await start(t, [Busy], { watchdog: 50 });
      const socket = await connect();
      await socket.emitWithAck('waiting');
      const named = (): boolean => log.at('warn').some((line) => line.facts['handler'] !== undefined);
      for (let tries = 0; tries < 20 && !named(); tries++) {
        await socket.emitWithAck(event);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { facts, message } = log.at('warn').find((line) => line.facts['handler'] !== undefined)!;
      assert.equal(facts['handler'], `Busy.${event}`);
      assert.match(String(facts['at']), /watchdog\.test\.js:\d+$/);
      assert.ok(Number(facts['ms']) > 50, `${String(facts['ms'])} ms`);
      assert.match(message, new RegExp(`blocked for \\d+ ms by Busy\\.${event}`));
      assert.equal(log.find('handler', 'Busy.waiting'), undefined, 'who waits does not block');
    });
  }

  it('names background work too', async (t) => {
    @Namespace('/')
    class Cruncher {
      @Background({ every: 400 }) async crunch() {
        await new Promise((resolve) => setTimeout(resolve, 20));
        spin(300);
      }
    }
    const { log } = await start(t, [Cruncher], { watchdog: 50 });
    await until(() => log.find('handler', 'Cruncher.crunch') !== undefined, 'the log line');
  });

  it('is told of by an endless loop too, on standard error', async (t) => {
    const program = `
      import { createApp } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
      const app = await createApp({ controllers: [], watchdog: 50, printTable: false });
      await app.listen(0);
      setTimeout(function hang() { for (;;); }, 300);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    await until(() => text.includes('\n'), 'the line', 20_000);
    assert.match(text, /^The event loop has been blocked for 5000 ms by (Timeout\.)?hang \(.+\), called by /);
  });

  it('is not watched unless asked, and a time that is none is a mistake at boot', async (t) => {
    const { connect, log } = await start(t, [Busy]);
    await (await connect()).emitWithAck('atOnce');
    assert.deepEqual(log.at('warn'), []);
    const failed = createApp({ controllers: [], watchdog: 0, logger: false });
    await assert.rejects(within(failed, 'the error'), SetupError);
  });
});
