/** A user may stop a command at any moment: it ends as a stopped command does, and leaves nothing behind. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Namespace, On, OnConnect } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';
import { project } from './support.js';

interface Started {
  readonly child: ChildProcess;
  /** What it printed until now. */
  readonly output: () => string;
  readonly end: Promise<unknown[]>;
  /** Files and folders that it made for itself and has not removed, but for the folder where `dev` and `tail` meet. */
  readonly left: () => readonly string[];
  readonly folder: string;
}

function command(
  t: TestContext,
  words: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const { folder, start } = project(t, files);
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  const child = start(words, { TMPDIR: temporary });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const end = once(child, 'close') as Promise<unknown[]>;
  const left = (): readonly string[] =>
    readdirSync(temporary, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.startsWith('colloquy') && !/^colloquy-\d+$/.test(entry.name))
      .map(({ name }) => name);
  return Promise.resolve({ child, output: () => output, end, left, folder });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const stops = ['SIGINT', 'SIGTERM'] as const;

/** Moments of `call --listen`, each with a server that tells when it is there. */
const moments = ['while the server does not answer', 'while it is let in', 'while the event is handled'] as const;

/** A recording without a call. */
const DUMP = JSON.stringify({
  recording: 1,
  why: 'asked',
  at: '2026-01-31T12:00:00.000Z',
  fields: [],
  dropped: 0,
  entries: [],
});

describe('a command that is stopped', { timeout: 300_000 }, () => {
  for (const signal of stops) {
    for (const moment of moments) {
      it(`call --listen ends with 0 upon ${signal} ${moment}`, async (t) => {
        let reached!: () => void;
        const isReached = new Promise<void>((resolve) => (reached = resolve));
        const never = (): Promise<void> => (reached(), new Promise(() => {}));

        @Namespace('/chat')
        class Chat {
          @OnConnect enter(): Promise<void> | undefined {
            return moment === 'while it is let in' ? never() : undefined;
          }
          @On('say', { timeout: 60_000 }) say(): Promise<void> {
            return never();
          }
        }
        let { url } = await start(t, [Chat], { limits: { drainTime: 1 } });
        if (moment === 'while the server does not answer') {
          const silent = createServer(() => reached()).listen(0, '127.0.0.1');
          t.after(() => silent.close());
          await nextEvent(silent, 'listening');
          url = `http://127.0.0.1:${(silent.address() as { readonly port: number }).port}`;
        }
        const { child, end, output } = await command(t, ['call', url, '/chat', 'say', '--listen', '--timeout', '60']);
        await isReached;
        child.kill(signal);
        assert.deepEqual(await end, [0, null], output());
        assert.equal(output(), '');
      });
    }

    for (const words of [['routes'], ['explain', '/chat', 'say'], ['replay', 'dump.json']]) {
      it(`${words[0]} ends by ${signal} while the program starts, and the program with it`, async (t) => {
        const { child, end, left, folder } = await command(t, words, {
          'dump.json': DUMP,
          'main.js': `import { writeFileSync } from 'node:fs';
process.on('${signal}', () => {});
writeFileSync('pid', String(process.pid));
setInterval(() => {}, 1000);`,
        });
        const file = join(folder, 'pid');
        await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'the program', 20_000);
        child.kill(signal);
        assert.deepEqual(await end, [null, signal]);
        assert.equal(isAlive(Number(readFileSync(file, 'utf8'))), false);
        assert.deepEqual(left(), []);
      });
    }

    it(`dev ends upon ${signal} as soon as its program runs, and the program with it`, async (t) => {
      const { child, end, left, output } = await command(t, ['dev'], {
        'main.js': `console.log(process.pid);
setInterval(() => {}, 1000);`,
      });
      await until(() => output().includes('\n'), 'the program', 20_000);
      child.kill(signal);
      await end;
      assert.equal(isAlive(Number(output().split('\n')[0])), false);
      assert.deepEqual(left(), []);
    });
  }
});
