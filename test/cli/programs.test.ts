/** What `colloquy` makes of programs of every kind: it hears of their application, and disturbs nobody. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { program, project, typed, writeFiles } from './support.js';

const create = (options: string): string => `createApp({ controllers: [], ${options} })`;
const HEAD = `import { createApp } from 'colloquy';\n`;

describe('the program that is looked at', { timeout: 240_000 }, () => {
  it('opens no port, joins no broker, and begins no background work', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    t.after(() => taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { readonly port: number };
    const source = `import { Background, createApp } from 'colloquy';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
class Clock { @Background({ every: 1 }) tick(): void { writeFileSync('ticked', ''); } }
const app = await createApp({ controllers: [], services: [Clock], adapter: 'redis://127.0.0.1:1' });
app.on('/chat', 'say', () => 1);
await app.listen({ port: ${port}, host: '127.0.0.1' });
const own = createServer().listen(${port}, () => writeFileSync('listened', JSON.stringify(own.address())));
app.attach(own);
setInterval(() => {}, 1000);`;
    const { colloquy, folder } = project(t, { ...typed, 'main.ts': source });
    const { code, stdout, stderr } = await colloquy('routes', 'main.ts');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\/chat +say/);
    assert.ok(existsSync(join(folder, 'listened')), 'the program itself sees nothing of it');
    assert.ok(!existsSync(join(folder, 'ticked')));
  });

  it('may make several applications: --app takes a number or a name', async (t) => {
    const source = `${HEAD}
const first = await ${create('')};
first.on('/a', 'one', () => 1);
await first.listen(1);
const second = await ${create("name: 'admin'")};
second.on('/b', 'two', () => 2);
await second.listen(2);
setInterval(() => {}, 1000);`;
    const { colloquy } = project(t, { 'main.js': source });
    const both = await colloquy('routes', 'main.js');
    assert.equal(both.code, 2);
    assert.match(
      both.stderr,
      /main\.js makes 2 applications; choose one\.\n {2}--app 1 {2}\/a\n {2}--app admin {2}\/b/,
    );
    assert.match((await colloquy('routes', 'main.js', '--app', '1')).stdout, /\/a +one/);
    assert.match((await colloquy('routes', 'main.js', '--app', 'admin')).stdout, /\/b +two/);
    assert.match((await colloquy('routes', 'main.js', '--app', 'amdin')).stderr, /did you mean --app admin\?/);
  });

  it('may find its controllers by globs, and be TypeScript', async (t) => {
    const source = `${HEAD} await createApp({ controllers: ['src/*.controller.ts'] });`;
    const { colloquy } = project(t, { ...typed, 'src/main.ts': source });
    const { stdout, stderr } = await colloquy('routes');
    assert.match(stdout, /\/chat +say +ChatController\.say +Say/, stderr);
    assert.match((await colloquy('types')).stdout, /from "\.\/src\/chat\.controller\.js"/);
  });

  it('may start inside of a function, in CommonJS, and on all cores', async (t) => {
    const files = {
      'function.js': `${HEAD} async function start() { const app = await ${create('')}; app.on('/', 'a', () => 1); await app.listen(0); } void start();`,
      'common.cjs': `void import('colloquy').then(async ({ createApp }) => { const app = await ${create('')}; app.on('/', 'a', () => 1); });`,
      'cores.js': `${HEAD} import { runWorkers } from 'colloquy/workers'; import { createServer } from 'node:http';
await runWorkers(async (worker) => { const app = await ${create("adapter: 'local:'")}; app.on('/', 'a', () => 1);
const http = createServer(); app.attach(http); worker.serve(http); return () => app.close(); }, { port: 5000 });`,
      'cluster.js': `${HEAD} import cluster, { isPrimary } from 'node:cluster';
if (isPrimary || cluster.isPrimary) cluster.fork(); else { const app = await ${create('')}; app.on('/', 'a', () => cluster.worker.id); }`,
    };
    const { colloquy } = project(t, files);
    for (const name of Object.keys(files)) {
      const { code, stdout, stderr } = await colloquy('routes', name);
      assert.equal(code, 0, `${name}: ${stderr}`);
      assert.match(stdout, /^\/ +a /m, name);
    }
  });

  const failing: Readonly<Record<string, readonly [source: string, message: RegExp]>> = {
    throws: [
      `throw new Error('no DATABASE_URL');`,
      /main\.js failed before it had made an application:\n\nError: no DATABASE_URL\n[^]*main\.js:1[^]*Next: .*environment/,
    ],
    'throws something else': [`throw 'so';`, /failed before it had made an application:\n\nso/],
    rejects: [`void Promise.reject(new Error('late'));`, /Error: late/],
    'lacks a module': [`import 'nowhere';`, /Cannot find package 'nowhere'[^]*Next: install what is missing/],
    'is no JavaScript': [`const = 1;`, /SyntaxError/],
    'has mistakes that boot finds': [
      `${HEAD} await createApp({ controllers: ['none/*.js'] });`,
      /^main\.js: Startup failed: 1 problem[^]*\[empty_glob\]/,
    ],
    'handles its own failure': [
      `${HEAD} createApp({ controllers: 1 }).catch(() => process.exit(3));`,
      /^main\.js: Startup failed: 1 problem[^]*\[option_kind\]/,
    ],
    'never makes an application': [
      `console.log('hello');`,
      /never calls createApp\.\nName the file that does[^]*It printed:\nhello/,
    ],
    'ends itself': [
      `console.error('no licence'); process.exit(3);`,
      /ended itself with exit code 3 before[^]*It printed:\nno licence/,
    ],
    'ends itself in peace': [`process.exit(0);`, /never calls createApp/],
  };
  it('gets a clear error if it makes no application', async (t) => {
    const { colloquy, folder } = project(t, {});
    for (const [name, [source, message]] of Object.entries(failing)) {
      writeFileSync(join(folder, 'main.js'), source);
      const { code, stdout, stderr } = await colloquy('routes', 'main.js');
      assert.match(stderr, message, name);
      assert.deepEqual([code, stdout], [1, ''], name);
    }
  });

  it('gets the time that --timeout says', async (t) => {
    const { colloquy } = project(t, { 'main.js': `setInterval(() => {}, 1000);` });
    const { code, stderr } = await colloquy('routes', 'main.js', '--timeout', '1');
    assert.equal(code, 1);
    assert.match(stderr, /did not call createApp within 1 seconds\.\nIt may wait for /);
  });

  it('is told of what fails after its application was made', async (t) => {
    const source = `${program('say')} throw new Error('afterwards');`;
    const { colloquy } = project(t, { 'main.js': source });
    const { code, stdout, stderr } = await colloquy('routes', 'main.js');
    assert.equal(code, 0);
    assert.match(stdout, /say/);
    assert.equal(stderr, 'Warning: main.js failed later: afterwards');
  });

  it('finds its usual file by itself, and says which names are usual', async (t) => {
    const { colloquy, folder } = project(t, {});
    assert.match((await colloquy('routes')).stderr, /neither src\/main\.ts nor another usual one/);
    writeFiles(folder, { 'src/server.js': program('say') });
    assert.match((await colloquy('routes')).stdout, /say/);
  });

  it('keeps classes apart that have one name, and takes renamed and default exports', async (t) => {
    const twice = `class Say { text; }\nexport const used = Say;\n`;
    const renamed = typed['src/chat.controller.ts']
      .replace('export class ChatController', 'class ChatController')
      .replace('export class Said', 'export default class Said')
      .concat('export { ChatController as Chat };\n');
    const main = typed['src/main.ts'].replace('{ ChatController, Said }', 'Said, { Chat as ChatController }');
    const files = { ...typed, 'src/chat.controller.ts': renamed, 'src/main.ts': main };
    const { stdout } = await project(t, files).colloquy('types');
    assert.match(stdout, /import type \{ Chat as ChatController \} from/);
    assert.match(stdout, /import type \{ default as Said \} from/);
    const doubled = project(t, {
      ...files,
      'src/twice.ts': twice.replaceAll('Say', 'Said'),
      'src/main.ts': `import './twice.js';\n${main}`,
    });
    const { stdout: types, stderr } = await doubled.colloquy('types');
    assert.match(types, /export interface Said \{/);
    assert.match(stderr, /There are several classes Said/);
  });
});
