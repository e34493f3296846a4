/**
 * The programs that `npm create colloquy` makes, from the packed packages: they test green, type-check, start, serve their
 * page and answer. `CREATE=all npm test` takes every template with every runner; otherwise the two
 * that differ most; `first-hour.test.ts` has the chat with node:test.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it, type TestContext } from 'node:test';
import { runners, templates, type Runner, type Template } from '../../create-colloquy/src/choices.js';
import { shows, skipPages, visit } from '../samples/browser.js';
import { openClient } from '../support/app.js';
import { cleanEnvironment } from '../support/run.js';
import { nextEvent } from '../support/wait.js';
import { Packages, succeed } from './packages.js';

type Program = readonly [template: Template, runner: Runner];

const telling: readonly Program[] = [
  ['minimal', 'jest'],
  ['chat', 'vitest'],
];
const all = Object.keys(templates).flatMap((template) =>
  Object.keys(runners).map((runner) => [template, runner] as unknown as Program),
);

describe('a new program', { concurrency: true, timeout: 240_000 }, () => {
  let packages: Packages;

  before(async () => {
    packages = await Packages.pack();
  });

  after(() => packages.remove());

  for (const [template, runner] of process.env['CREATE'] === 'all' ? all : telling) {
    it(`tests green, type-checks, starts and answers: ${template} with ${runner}`, async (t) => {
      const project = await packages.make(t, `${template}-${runner}`, template, runner);
      if (!project) return;
      await succeed('npm', ['test'], project);
      await succeed('npm', ['run', 'typecheck'], project);
      if (template === 'chat') await writesItsContract(project);
      await succeed('npm', ['run', 'build'], project);
      await succeed('npm', ['prune', '--omit=dev', '--no-audit', '--no-fund', '--offline'], project); // as its Dockerfile does
      const { url, stop } = await start(project);
      try {
        await check[template](t, url);
      } finally {
        assert.equal(await stop(), 0, 'SIGTERM ends it');
      }
    });
  }
});

/** The command writes the contract that the template has already. */
async function writesItsContract(project: string): Promise<void> {
  const contract = (): string => readFileSync(join(project, 'src/contract.ts'), 'utf8');
  const before = contract();
  await succeed('npm', ['run', 'types'], project);
  assert.equal(contract(), before);
}

/** Starts the compiled program. */
async function start(project: string): Promise<{ url: string; stop: () => Promise<unknown> }> {
  const env = { ...cleanEnvironment(), PORT: '0', NODE_ENV: 'production' };
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return (await exit)[0];
  };
  let output = '';
  for await (const line of createInterface(child.stdout)) {
    output += `${line}\n`;
    const url = /^open (\S+)$/.exec(line)?.[1];
    if (url) return { url, stop };
  }
  throw new Error(`the program ended:\n${output}`);
}

const check: Readonly<Record<Template, (t: TestContext, url: string) => Promise<void>>> = {
  async minimal(t, url) {
    assert.match(await (await fetch(url)).text(), /<h1>minimal-\w+<\/h1>/);
    const client = openClient(t, url);
    await nextEvent(client, 'connect');
    assert.deepEqual(await client.emitWithAck('greet', { name: 'Ada' }), { text: 'Hello, Ada!' });
    if (skipPages) return;
    const { page, leave } = await visit(url);
    await shows(page, '#answer', 'Connected.');
    await page.getByLabel('Your name').fill('Grace');
    await page.keyboard.press('Enter');
    await shows(page, '#answer', 'Hello, Grace!');
    await leave();
  },

  async chat(t, url) {
    assert.match(await (await fetch(url)).text(), /<h1>chat-\w+<\/h1>/);
    const client = openClient(t, `${url}/chat`, { auth: { name: 'Ada' } });
    await nextEvent(client, 'connect');
    assert.deepEqual(await client.emitWithAck('join'), []);
    if (skipPages) return;
    const { page, leave } = await visit(url);
    await page.getByLabel('Name').fill('Grace');
    await page.keyboard.press('Enter');
    await shows(page, '#people li', 'Ada');
    await shows(page, '#people li', 'Grace');
    const said = nextEvent<[{ name: string; text: string }]>(client, 'said');
    await page.getByLabel('Message').fill('Good morning');
    await page.keyboard.press('Enter');
    const [{ name, text }] = await said;
    assert.deepEqual([name, text], ['Grace', 'Good morning']);
    await client.emitWithAck('say', { text: 'Good evening' });
    await shows(page, '#lines li', 'Good evening');
    await leave();
  },
};
