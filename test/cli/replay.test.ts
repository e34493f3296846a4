/** `colloquy replay`: a recording is sent to the program, and becomes a test. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { IsString } from 'class-validator';
import { EventError, Namespace, On, Payload, SocketId } from '../../src/index.js';
import { createTestApp } from '../../src/testing/index.js';
import { project, typed } from './support.js';

class Say {
  @IsString() text!: string;
}

@Namespace('/chat')
class ChatController {
  readonly #said = new Map<string, number>();
  @On() say(@Payload() { text }: Say, @SocketId() id: string) {
    if (text === 'stop') throw new EventError('stopped', 'Stopped.');
    const said = (this.#said.get(id) ?? 0) + 1;
    this.#said.set(id, said);
    return { text, said };
  }
  @On() broken() {
    throw new TypeError('a mistake of ours');
  }
}

/** The same in a project of its own, as its author has it now. */
function controller(answer: string): string {
  return `import { EventError, Namespace, On, Payload, SocketId } from 'colloquy';
import { IsString } from 'class-validator';
class Say { @IsString() text!: string; }
@Namespace('/chat')
export class ChatController {
  said = new Map<string, number>();
  @On() say(@Payload() { text }: Say, @SocketId() id: string) {
    if (text === 'stop') throw new EventError('stopped', 'Stopped.');
    const said = (this.said.get(id) ?? 0) + 1;
    this.said.set(id, said);
    return ${answer};
  }
  @On() broken() { throw new TypeError('a mistake of ours'); }
}
`;
}

const AS_RECORDED = '{ text, said }';
const MAIN = `import { createApp } from 'colloquy';
import { ChatController } from './chat.controller.js';
const app = await createApp({ controllers: [ChatController] });
app.on('/added', 'double', (_context, n) => Number(n) * 2);
await app.listen(5000);
setInterval(() => {}, 1000);
`;

/** Two sockets that call; returns the id of the call that failed. */
async function recordTo(t: TestContext, file: string, fields = ['text', 'said', 'double.0', 'double.answer', 'token']) {
  const app = await createTestApp({ controllers: [ChatController], recorder: { fields } });
  t.after(() => app.close());
  app.on('/added', 'double', (_context, n: unknown) => Number(n) * 2);
  const [ada, bob] = [await app.connect('/chat', { auth: { token: 'ada' } }), await app.connect('/chat')];
  await ada.call('say', { text: 'one' });
  await bob.call('say', { text: 'one' });
  await ada.call('say', { text: 'two' });
  await ada.call('say', { text: 'stop' }).catch(() => undefined);
  await ada.call('say', { text: 7 }).catch(() => undefined);
  await ada.call('nobody').catch(() => undefined);
  const failure = (await ada.call('broken').catch((error: unknown) => error)) as { id: string };
  ada.emit('say', { text: 'told' });
  await app.settled();
  await (await app.connect('/added')).call('double', 4);
  const dump = app.recorder.dump();
  writeFileSync(file, JSON.stringify(dump));
  return { id: failure.id, calls: dump.entries.filter(({ type }) => type === 'call').length, socket: bob.id };
}

describe('a recording', { timeout: 240_000 }, () => {
  it('that is replayed to the same program ends in the same way, whatever the ids of sockets and failures', async (t) => {
    const { colloquy, folder } = project(t, {
      ...typed,
      'src/main.ts': MAIN,
      'src/chat.controller.ts': controller(AS_RECORDED),
    });
    const { calls, id, socket } = await recordTo(t, join(folder, 'dump.json'));
    const { code, stdout, stderr } = await colloquy('replay', 'dump.json', 'src/main.ts');
    assert.equal(stdout, `${calls} calls were sent, 0 ended in another way.`, stderr);
    assert.equal(code, 0);
    const one = await colloquy('replay', 'dump.json', '--call', id);
    assert.match(one.stdout, /^6 calls were sent, 0 ended/, one.stderr);
    const other = await colloquy('replay', 'dump.json', '--socket', socket!);
    assert.match(other.stdout, /^1 call was sent, 0 ended/, other.stderr);
  });

  it('that is replayed to a changed program says where it answers in another way', async (t) => {
    const changed = controller("{ text: text + '!', said }");
    const { colloquy, folder } = project(t, { ...typed, 'src/main.ts': MAIN, 'src/chat.controller.ts': changed });
    await recordTo(t, join(folder, 'dump.json'));
    const { code, stdout } = await colloquy('replay', 'dump.json');
    assert.equal(code, 1);
    assert.match(stdout, /9 calls were sent, 3 ended in another way\./);
    assert.match(
      stdout,
      /\/chat say \(\S+\)\n {2}recorded: answered \[\{"text":"one","said":1\}\]\n {2}replayed: answered \[\{"text":"one!","said":1\}\]/,
    );
    const { differences } = JSON.parse((await colloquy('replay', 'dump.json', '--json')).stdout) as { differences: [] };
    assert.equal(differences.length, 3);
  });

  it('without payloads is replayed with values of their kind, and says so', async (t) => {
    const { colloquy, folder } = project(t, {
      ...typed,
      'src/main.ts': MAIN,
      'src/chat.controller.ts': controller(AS_RECORDED),
    });
    await recordTo(t, join(folder, 'dump.json'), []);
    const { stdout } = await colloquy('replay', 'dump.json');
    assert.match(stdout, /values were not recorded; others of their kind and length were sent/);
  });

  it('becomes a test that passes on the program as it was, and fails on another', async (t) => {
    const { colloquy, folder } = project(t, {
      ...typed,
      'src/main.ts': MAIN,
      'src/chat.controller.ts': controller(AS_RECORDED),
    });
    const { id } = await recordTo(t, join(folder, 'dump.json'));
    const { code, stderr } = await colloquy('replay', 'dump.json', '--call', id, '--test', 'test/recorded.test.ts');
    assert.equal(code, 0, stderr);
    const text = readFileSync(join(folder, 'test/recorded.test.ts'), 'utf8');
    assert.match(text, /import \{ ChatController \} from '\.\.\/src\/chat\.controller\.js';/);
    assert.match(text, /connect\("\/chat", \{ auth: \{ token: "ada" \} \}\)/);
    assert.match(text, /assert\.rejects\(client1\.call\("say", \{ text: "stop" \}\), \{ code: "stopped" \}\);/);
    const run = () =>
      spawnSync(process.execPath, ['--import', '@oxc-node/core/register', '--test', 'test/recorded.test.ts'], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      });
    const first = run();
    assert.equal(first.status, 0, first.stdout + first.stderr);
    writeFileSync(join(folder, 'src/chat.controller.ts'), controller('{ text, said: said + 1 }'));
    assert.equal(run().status, 1);
  });

  it('that is none, or has no such call, is refused with a reason', async (t) => {
    const { colloquy, folder } = project(t, { ...typed, 'src/main.ts': MAIN });
    writeFileSync(join(folder, 'broken.json'), '{');
    writeFileSync(join(folder, 'other.json'), '{}');
    for (const [words, reason] of [
      [['broken.json'], /broken\.json is no recording: it is no JSON/],
      [['other.json'], /other\.json is no recording: it has no `"recording": 1`/],
      [['missing.json'], /missing\.json/],
      [[], /<dump> is missing/],
    ] as const) {
      const { code, stderr } = await colloquy('replay', ...words);
      assert.notEqual(code, 0);
      assert.match(stderr, reason);
    }
    await recordTo(t, join(folder, 'dump.json'));
    assert.match((await colloquy('replay', 'dump.json', '--call', 'x')).stderr, /The recording has no call x\./);
  });
});
