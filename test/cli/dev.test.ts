/** `colloquy dev`: a program that starts again, and what is said of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { tableChanges } from '../../src/cli/dev/table-changes.js';
import type { PlanRow } from '../../src/index.js';
import { until } from '../support/wait.js';
import { project } from './support.js';

const controller = (path: string, ...events: readonly string[]): string => `import { Namespace, On } from 'colloquy';
@Namespace('${path}')
export class Controller {
${events.map((event) => `  @On() ${event}(): void {}`).join('\n')}
}
`;

const MAIN = `import { createApp } from 'colloquy';
import { greeting } from './greeting.js';
const app = await createApp({ controllers: ['src/**/*.controller.ts'], logger: false });
await app.listen({ port: 0, host: '127.0.0.1' });
console.log('started', process.pid, greeting, ...process.argv.slice(2));
process.on('exit', () => console.log('stopped', process.pid));
`;

interface Running {
  readonly lines: () => string[];
  /** Waits for a line that was not there when it was last asked for. */
  readonly next: (line: RegExp) => Promise<string>;
  readonly write: (name: string, text: string) => void;
  readonly end: () => Promise<number | null>;
  /** As the system does it to whom it cannot wait for. */
  readonly kill: () => void;
}

function dev(t: TestContext, files: Readonly<Record<string, string>>, words: readonly string[]): Running {
  const { folder, start } = project(t, files);
  const child = start(['dev', ...words]);
  const exit = once(child, 'exit');
  let output = '';
  let seen = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const lines = (): string[] => output.split('\n').slice(0, -1);
  return {
    lines,
    async next(line) {
      let found = -1;
      await until(
        () => (found = lines().findIndex((each, index) => index >= seen && line.test(each))) >= 0,
        `${String(line)} in:\n${output}`,
        60_000,
      );
      seen = found + 1;
      return lines()[found]!;
    },
    write: (name, text) => writeFileSync(join(folder, name), text),
    kill: () => child.kill('SIGKILL'),
    async end() {
      child.kill('SIGTERM');
      return ((await exit) as [number | null])[0];
    },
  };
}

const TSCONFIG = '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }';

describe('colloquy dev', { timeout: 300_000 }, () => {
  it('starts the program again when a file of it changes or comes, and says what changed in the table', async (t) => {
    const files = {
      'tsconfig.json': TSCONFIG,
      'src/main.ts': 'const = 1;',
      'src/greeting.ts': `export const greeting = 'hello';`,
      'src/chat/chat.controller.ts': controller('/chat', 'say'),
    };
    const { lines, next, write, end } = dev(t, files, ['--', 'word']);
    await next(/src\/main\.ts ended \(exit code 1\); it starts again when a file changes/);
    write('src/main.ts', MAIN);
    await next(/src\/main\.ts.* changed: src\/main\.ts starts again/);
    assert.match(await next(/^started/), /^started \d+ hello word$/);
    write('src/chat/chat.controller.ts', controller('/chat', 'say', 'shout'));
    await next(/\+ \/chat shout$/);
    write('src/chat/program.log', 'nothing to start for');
    write('src/chat/game.controller.ts', controller('/game', 'move'));
    await next(/^\[colloquy\] src\/chat\/game\.controller\.ts changed/);
    await next(/\+ \/game move$/);
    write('src/chat/chat.controller.ts', 'export class {');
    await next(/src\/main\.ts ended/);
    write('src/chat/chat.controller.ts', controller('/chat', 'say'));
    await next(/- \/chat shout$/);
    write('src/greeting.ts', `export const greeting = 'good morning';`);
    assert.match(await next(/^started/), /good morning/);
    assert.equal(await end(), 0);
    const order = lines().flatMap((line) => /^(started|stopped) (\d+)/.exec(line)?.slice(1) ?? []);
    const pids = order.filter((word) => /\d/.test(word));
    assert.deepEqual(
      order,
      [...new Set(pids)].flatMap((pid) => ['started', pid, 'stopped', pid]),
      'one program at a time',
    );
    assert.equal(new Set(pids).size, 5);
    assert.doesNotMatch(lines().join('\n'), /program\.log/);
  });

  it('takes the program with it when it is killed: no port stays taken', async (t) => {
    const { kill, next } = dev(
      t,
      {
        'package.json': JSON.stringify({ type: 'module' }),
        'main.js': `import { createServer } from 'node:net';
createServer().listen(0, '127.0.0.1', () => console.log('started', process.pid));
process.on('SIGTERM', () => { console.log('stopped', process.pid); process.exit(); });`,
      },
      ['main.js'],
    );
    const [, pid] = (await next(/^started/)).split(' ');
    kill();
    assert.equal(await next(/^stopped/), `stopped ${pid}`);
  });

  it('tells that what it needs is missing, before it watches anything', async (t) => {
    const { colloquy, folder } = project(t, {});
    assert.match((await colloquy('dev', 'src/main.ts')).stderr, /no file src\/main\.ts/);
    rmSync(folder, { recursive: true });
  });

  it('compares tables by their events', () => {
    const row = (event: string, more: Partial<PlanRow> = {}): PlanRow => ({
      kind: 'event',
      namespace: '/chat',
      event,
      handler: 'Chat.handle',
      arguments: [],
      middleware: [],
      payloads: [],
      emits: [],
      ...more,
    });
    const before = [row('say'), row('shout'), row('connect', { kind: 'connect' })];
    const after = [row('say', { arguments: ['Say'] }), row('whisper'), row('connect', { kind: 'connect' })];
    assert.deepEqual(tableChanges(before, after), ['+ /chat whisper', '- /chat shout', '~ /chat say']);
    assert.deepEqual(tableChanges(before, before), []);
    assert.deepEqual(tableChanges([], [row('said', { kind: 'emission', namespace: '' })]), ['+ said']);
  });
});
