/** What the page's buttons copy: values as code are those values, and the programs compile, run, and expect the right answer. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import vm from 'node:vm';
import fc from 'fast-check';
import { writeTypes } from '../../../src/contract/index.js';
import { clientCode, testCode, type Call } from '../../../src/contract/page/browser/code.js';
import { literal } from '../../../src/contract/page/browser/values.js';
import { root } from '../../repo/sources.js';
import { start } from '../../support/app.js';
import { rich } from './rich.js';

const run = promisify(execFile);

describe('a value as code', () => {
  it('is that value, whatever JSON has in it', () => {
    const keys = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', "it's", '\u2028', ''),
    );
    const { value: json } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0), // JSON has no -0
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.array(fc.tuple(keys, tie('value'))).map((entries) => Object.fromEntries(entries) as unknown),
      ),
    }));
    fc.assert(
      fc.property(json, (value) => {
        const copy: unknown = vm.runInThisContext(`(${literal(value)})`);
        assert.deepEqual(copy, value);
        assert.equal(JSON.stringify(copy), JSON.stringify(value));
      }),
      { numRuns: 500 },
    );
  });

  it('has bytes too, and says undefined', () => {
    assert.equal(literal({ a: new Uint8Array([1, 2]).buffer }), '{ a: new Uint8Array([1, 2]) }');
    assert.equal(literal(new Uint8Array([1, 2])), 'new Uint8Array([1, 2])');
    assert.equal(literal(undefined), 'undefined');
  });
});

/** Calls of every kind to the rich application, with the answers that they get. */
const calls: readonly (Pick<Call, 'event' | 'args'> & Partial<Call>)[] = [
  {
    event: { name: 'order', class: 'OrderController' },
    args: [
      {
        title: "it's",
        priority: 'low',
        urgent: false,
        marks: [1, 2],
        pieces: [{ name: 'a', count: 3 }],
        main: { name: 'b', count: 2 },
      },
    ],
    answer: { values: [{ id: "it's", total: 3 }] },
  },
  {
    event: { name: 'order', class: 'OrderController' },
    args: [{ title: 'moon', priority: 'low', urgent: true, marks: [], pieces: [], main: { name: 'b', count: 2 } }],
    answer: { values: [], code: 'out_of_stock' },
  },
  { event: { name: 'size', class: 'OrderController' }, args: ['abc', 2, true], answer: { values: [6, 'exact'] } },
  { event: { name: 'size', class: 'OrderController' }, args: ['abc', 2], wantsAnswer: false },
  { event: { name: 'bytes', class: 'OrderController' }, args: [new Uint8Array([1, 2, 3])], answer: { values: [3] } },
  { event: { name: 'sum', class: 'OrderController' }, args: [1, 2, 3], answer: { values: [6] } },
  {
    event: { name: 'whoami', class: 'GameController' },
    args: [],
    declared: '/game/:id',
    namespace: '/game/7',
    auth: {},
    query: { version: '2' },
    answer: { values: [{ id: 7, query: '2' }] },
  },
];

const callAt = (origin: string, given: (typeof calls)[number]): Call => ({
  origin,
  path: '/socket.io',
  declared: '/orders',
  namespace: '/orders',
  auth: { token: 'secret' },
  query: { version: '1' },
  wantsAnswer: true,
  ...given,
});

/** A folder with the names that the programs import. */
async function project(t: TestContext): Promise<(name: string, text: string) => Promise<string>> {
  const folder = await mkdtemp(join(root, '.build', 'copied-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules', 'colloquy'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return async (name, text) => {
    await writeFile(join(folder, name), text);
    return folder;
  };
}

const tsc = join(root, 'node_modules/.bin/tsc');
const options = [
  '--ignoreConfig',
  '--target',
  'es2022',
  '--module',
  'nodenext',
  '--strict',
  '--skipLibCheck',
  '--types',
  'node',
];

describe('a call as code', () => {
  it('compiles as client code against the types of the contract, and gets its answer', async (t) => {
    const { app, url } = await start(t, rich.controllers, { emits: rich.emits });
    const write = await project(t);
    await write('contract.ts', writeTypes(app.contract()));
    let folder = '';
    // The program ends with its connection; `answer` is what it logs.
    for (const [index, call] of calls.entries()) {
      folder = await write(`call${index}.ts`, `${clientCode(callAt(url, call))}process.exit();\n`);
    }
    const files = calls.map((_, index) => `call${index}.ts`);
    const compiled = await run(tsc, [...options, ...files], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    assert.equal(compiled.stdout, '');
    for (const [index, { answer, wantsAnswer = true }] of calls.entries()) {
      const { stdout, stderr } = await run(process.execPath, [`call${index}.js`], { cwd: folder }).catch(
        (error: { stdout: string; stderr: string }) => error,
      );
      if (answer?.code !== undefined) assert.match(stderr, new RegExp(`code: '${answer.code}'`));
      else if (wantsAnswer)
        assert.ok(
          stdout.includes(String(Object.values(answer!.values[0] as object)[0] ?? answer!.values[0])),
          stdout + stderr,
        );
      else assert.equal(stderr, '');
    }
  });

  it('is a test that passes as it stands, and fails if the answer is another one', async (t) => {
    const write = await project(t);
    const source = JSON.stringify(join(root, '.build/test/contract/page/rich.js'));
    const modules = { order: 'OrderController', game: 'GameController' };
    for (const [name, exported] of Object.entries(modules)) {
      await write(`${name}.controller.js`, `export { ${exported} } from ${source};\n`);
    }
    // The sources of the tests and the package are two copies of the library: the tests' own is taken for both.
    const texts = calls.map((call) => testCode(callAt('http://localhost', call)));
    const wrong = testCode(callAt('http://localhost', { ...calls[5]!, answer: { values: [7] } }));
    const kit = JSON.stringify(join(root, '.build/src/testing/index.js')).replaceAll('"', "'");
    let folder = '';
    for (const [index, text] of [...texts, wrong].entries()) {
      assert.match(text, /from 'colloquy\/testing'/);
      folder = await write(`call${index}.test.js`, text.replace("'colloquy/testing'", kit));
    }
    await write('all.js', texts.map((_, index) => `import './call${index}.test.js';\n`).join(''));
    const outputOf = (file: string): Promise<string> =>
      run(process.execPath, [file], { cwd: folder, env: { ...process.env, NODE_TEST_CONTEXT: undefined } }).then(
        ({ stdout }) => stdout,
        ({ stdout }: { stdout: string }) => stdout,
      );
    const [right, failed] = await Promise.all([outputOf('all.js'), outputOf(`call${calls.length}.test.js`)]);
    assert.match(right, new RegExp(`pass ${calls.length}\\n[^]*fail 0`));
    assert.match(failed, /fail 1/);
    assert.match(failed, /Expected values to be/);
  });

  it('names a controller that there is none of, an odd namespace, and a path of its own', () => {
    const odd = callAt('http://localhost:1', {
      event: { name: "it's" },
      args: [],
      namespace: '/',
      declared: '*',
      path: '/ws',
      auth: undefined,
      query: {},
    });
    assert.match(
      clientCode(odd),
      /const socket = connect<Contract\['\*'\]>\(io\('http:\/\/localhost:1\/', { path: '\/ws' }\)\);/,
    );
    assert.match(clientCode(odd), /socket\.call\('it\\'s'\)/);
    assert.match(testCode(odd), /import { Controller } from '\.\/app\.controller\.js'/);
    assert.match(
      testCode({ ...odd, event: { name: 'a', class: 'PrivateChatController' } }),
      /'\.\/private-chat\.controller\.js'/,
    );
  });
});
