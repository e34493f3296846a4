/**
 * The first hour of a newcomer who has only npm: two commands, a page with a running chat, a changed handler, the restart and
 * what changed in the table, a call from the terminal, the event explained, and green tests.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { shows, skipPages, visit } from '../samples/browser.js';
import { cleanEnvironment } from '../support/run.js';
import { until } from '../support/wait.js';
import { Packages, succeed } from './packages.js';

/** `npm run dev`, and what it has printed. */
function dev(t: TestContext, project: string): { output: () => string; end: () => Promise<void> } {
  const env = { ...cleanEnvironment(), PORT: '0' };
  const child = spawn('npm', ['run', 'dev'], { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exit = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const kill = (signal: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
  };
  t.after(() => kill('SIGKILL'));
  return {
    output: () => output,
    async end() {
      kill('SIGINT'); // Ctrl+C reaches all of them
      await exit;
    },
  };
}

describe('the first hour', { timeout: 240_000 }, () => {
  let packages: Packages;
  before(async () => {
    packages = await Packages.pack();
  });
  after(() => packages.remove());

  it('goes from an empty folder to a changed, called, explained and tested chat', async (t) => {
    const project = await packages.make(t, 'my-app', 'chat', 'node');
    if (!project) return;
    const { output, end } = dev(t, project);
    const urls = (): string[] => [...output().matchAll(/^open (\S+)$/gm)].map(([, url]) => url!);
    const printed = (what: RegExp): Promise<void> => until(() => what.test(output()), String(what), 60_000);
    await until(() => urls().length === 1, 'the first address', 60_000);

    if (!skipPages) {
      const { page, leave } = await visit(urls()[0]!);
      await page.getByLabel('Name').fill('Ada');
      await page.keyboard.press('Enter');
      await page.getByLabel('Message').fill('Good morning');
      await page.keyboard.press('Enter');
      await shows(page, '#lines li', 'Good morning');
      await leave();
    }

    const file = join(project, 'src/chat.controller.ts');
    const wave = `  @On('wave')\n  wave(@Data() { name }: Member) {\n    return \`\${name} waves\`;\n  }\n\n`;
    const before = readFileSync(file, 'utf8');
    assert.ok(before.includes("  @On('say'"), 'the place for another event');
    writeFileSync(file, before.replace("  @On('say'", `${wave}  @On('say'`));
    await printed(/\+ \/chat wave/);
    await until(() => urls().length === 2, 'the address after the restart', 60_000);

    const command = (...words: string[]): Promise<string> => succeed('npx', ['colloquy', ...words], project);
    const called = await command('call', urls()[1]!, '/chat', 'wave', '--auth', '{"name":"Grace"}');
    assert.match(called, /Grace waves/);
    const explained = await command('explain', '/chat', 'say');
    assert.match(explained, /ChatController\.say/);
    assert.match(explained, /src\/chat\.controller\.ts/);
    await end();
    await succeed('npm', ['test'], project);
    await succeed('npm', ['run', 'typecheck'], project);
  });
});
