/** `colloquy explain` and `colloquy doctor`: what they find in a program. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { checkDescriptors } from '../../src/cli/doctor/surroundings.js';
import { checkRuntime } from '../../src/cli/doctor/installation.js';
import { checkApplication } from '../../src/cli/doctor/application.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import type { ApplicationReport } from '../../src/cli/program/report.js';
import { settingsOf } from '../../src/cli/program/settings.js';
import type { AppOptions } from '../../src/index.js';
import { project, typed, type Project } from './support.js';

const CONTROLLER = `import { Emit, EventContext, Namespace, On, Payload, Use } from 'colloquy';
import { IsEmail, IsIn, IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';
import { Transform } from 'class-transformer';

export class Said { @IsString() text!: string; }
export class Say {
  @IsString() @MaxLength(200) text!: string;
  @IsIn(['low', 'high']) priority!: string;
  @IsOptional() @IsEmail() from?: string;
}
export class Raw { @Transform(({ value }) => value) @IsString() text!: string; }
const log = (_context: EventContext, next: () => unknown) => next();
class Base {
  @On() inherited(text: string) { return text; }
}
@Use(log)
@Namespace('/chat')
export class ChatController extends Base {
  @On('say', { returns: Said, throws: ['room_full'], summary: 'Says it.', deprecated: 'use tell', timeout: 500 })
  @Emit('said', { to: 'others' })
  say(message: Say, @Payload({ optional: true }) times: number): Said { return { text: message.text + times }; }

  @On() anything(value: unknown) { return value; }
}
`;

const files = (options: string): Record<string, string> => ({
  ...typed,
  'src/chat.controller.ts': CONTROLLER,
  'src/main.ts': `import { createApp } from 'colloquy';
import { ChatController } from './chat.controller.js';
const app = await createApp({ controllers: [ChatController], ${options} });
app.on('/chat', 'function', () => 1);`,
});

async function findings(doctor: Awaited<ReturnType<Project['colloquy']>>): Promise<Map<string, Finding>> {
  const list = JSON.parse(doctor.stdout) as Finding[];
  for (const { state, message, remedy } of list) assert.equal(remedy === undefined, state === 'ok', message);
  return new Map(list.map((each) => [each.check, each]));
}

describe('colloquy explain', { timeout: 120_000 }, () => {
  it('says every step of an event: limits, middleware, arguments with rules, handler, answer, emissions, errors', async (t) => {
    const { colloquy } = project(t, files('limits: { eventRate: 7 }'));
    const { code, stdout, stderr } = await colloquy('explain', '/chat', 'say');
    assert.equal(code, 0, stderr);
    const line = CONTROLLER.split('\n').findIndex((text) => text.startsWith('  say(')) + 1;
    assert.deepEqual(stdout.split('\n'), [
      '/chat say',
      '  Says it.',
      '  Deprecated: use tell',
      '',
      'limits      7 events a second (400 at once) of a transport; 32 calls of a socket at once, 128 wait; 500 ms',
      'middleware  log',
      'arguments   1. Say (compiled)',
      '               text      string, maxLength 200',
      '               priority  one of "low" "high"',
      '               from?     string or null, isEmail',
      '            2. number, may be missing',
      `handler     ChatController.say  src/chat.controller.ts:${line}`,
      'answer      Said',
      '               text  string',
      'emits       said',
      'errors      room_full, invalid, internal, timeout, busy, rate_limited, closing',
    ]);
    const json = JSON.parse((await colloquy('explain', '/chat', 'say', '--json')).stdout) as Record<string, unknown>;
    assert.deepEqual(
      [json['namespace'], json['name'], json['file'], json['line']],
      ['/chat', 'say', 'src/chat.controller.ts', line],
    );
    const open = await colloquy('explain', '/chat', 'anything');
    assert.match(open.stdout, /1\. anything, not validated/);
    const wrong = await colloquy('explain', '/chat', 'sya');
    assert.deepEqual([wrong.code, wrong.stderr], [2, '/chat handles no event sya; did you mean say?']);
    assert.match((await colloquy('explain', '/cats', 'say')).stderr, /no namespace \/cats; did you mean \/chat\?/);
  });
});

describe('colloquy doctor', { timeout: 120_000 }, () => {
  it('finds what is wrong with an application, each with a remedy, and ends with 1', async (t) => {
    const listening = createServer().listen(0, '127.0.0.1');
    t.after(() => listening.close());
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const options = `cors: { origin: '*', credentials: true }, adapter: 'redis://name:secret@127.0.0.1:${port},127.0.0.1:1', debug: true`;
    const broken = {
      ...files(options),
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true, "isolatedModules": true } }',
    };
    const { colloquy } = project(t, broken);
    const failing = await colloquy('doctor', '--json');
    assert.equal(failing.code, 1);
    const found = await findings(failing);
    assert.equal(found.get('compiler_flags')!.state, 'problem');
    assert.match(found.get('compiler_flags')!.message, /tsconfig\.json does not set emitDecoratorMetadata/);

    const whole = project(t, files(options));
    const run = await whole.colloquy('doctor', '--json');
    assert.equal(run.code, 1, run.stdout);
    const all = await findings(run);
    assert.match(all.get('origins')!.message, /any page of the web may connect with the cookies/);
    assert.equal(all.get('origins')!.state, 'problem');
    assert.match(all.get('payloads')!.message, /not validated: \/chat anything, argument 1$/);
    for (const name of ['proxy', 'stickiness', 'debug']) assert.equal(all.get(name)!.state, 'advice', name);
    assert.match(all.get('broker')!.message, /redis cannot be reached at 127\.0\.0\.1:1: ECONNREFUSED/);
    assert.doesNotMatch(run.stdout, /secret/);
    assert.match((await whole.colloquy('doctor')).stdout, /^problem +any page of the web[^]*\n +Fix: list the pages/m);
  });

  it('ends with 0 if there is nothing but advice', async (t) => {
    const { colloquy } = project(t, files("trustProxy: 1, cors: { origin: ['https://example.com'] }"));
    const { code, stdout, stderr } = await colloquy('doctor', '--json');
    assert.equal(code, 0, stdout + stderr);
    const all = await findings({ code, stdout, stderr });
    for (const name of ['runtime', 'library', 'origins', 'proxy', 'tls', 'stickiness', 'payload_plans']) {
      assert.equal(all.get(name)!.state, 'ok', name);
    }
  });

  it('finds a second copy of a library', async (t) => {
    const second = { 'node_modules/class-validator/package.json': '{ "version": "0.14.0" }' };
    const { colloquy } = project(t, {
      'main.js': `import { createApp } from 'colloquy'; await createApp({ controllers: [] });`,
      ...second,
    });
    const { code, stdout } = await colloquy('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /problem +there are 2 copies of class-validator: 0\.14\.0 in /);
  });

  it('goes on without an application, and says why there is none', async (t) => {
    const { colloquy } = project(t, { 'main.js': `throw new Error('no database');` });
    const { code, stdout } = await colloquy('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /^problem +main\.js failed before it had made an application:/m);
    assert.match(stdout, /^ok +one copy of socket\.io/m);
    assert.equal((await colloquy('doctor', 'mian.js')).code, 2);
  });

  it('tells whose word about addresses is believed, and what goes over a network without TLS', () => {
    const open = 'postgres://10.0.0.1/db';
    const cases: readonly (readonly [options: Partial<AppOptions>, check: string, state: string, message: RegExp])[] = [
      [{}, 'proxy', 'advice', /not set/],
      [{ trustProxy: false }, 'proxy', 'advice', /not set/],
      [{ trustProxy: 1 }, 'proxy', 'ok', /says whose/],
      [{ trustProxy: ['10.0.0.0/8', 'loopback'] }, 'proxy', 'ok', /says whose/],
      [{ trustProxy: true }, 'proxy', 'problem', /any address/],
      [{}, 'tls', 'ok', /without TLS/],
      [{ cors: { origin: ['https://a.example', 'http://localhost:3000', 'http://127.0.0.1'] } }, 'tls', 'ok', /./],
      [{ cors: { origin: 'http://a.example' } }, 'tls', 'advice', /http:\/\/a\.example/],
      [{ cors: { origin: [/a/, 'http://b.example:81'] } }, 'tls', 'advice', /b\.example:81/],
      [{ adapter: 'redis://localhost:6379' }, 'tls', 'ok', /./],
      [{ adapter: 'redis://[::1]:6379' }, 'tls', 'ok', /./],
      [{ adapter: 'redis://:secret@broker.example:6379' }, 'tls', 'advice', /broker\.example:6379 is not encrypted/],
      [{ adapter: { url: 'amqp://broker' } }, 'tls', 'advice', /broker is not/],
      [{ adapter: 'nats://broker:4222' }, 'tls', 'advice', /broker:4222/],
      [{ adapter: 'rediss://broker:6380' }, 'tls', 'ok', /./],
      [{ adapter: open }, 'tls', 'ok', /./],
    ];
    for (const [options, check, state, message] of cases) {
      const settings = settingsOf({ controllers: [], ...options });
      const report = { contract: { namespaces: [] }, rows: [], settings } as unknown as ApplicationReport;
      const found = checkApplication(report).filter((each) => each.check === check);
      assert.deepEqual(
        found.map((each) => each.state),
        [state],
        JSON.stringify(options),
      );
      assert.match(found[0]!.message, message);
      assert.doesNotMatch(JSON.stringify(found), /secret/);
    }
  });

  it('knows the runtimes and the number of files that may be open', () => {
    assert.equal(checkRuntime({ node: '18.20.0' }).state, 'problem');
    assert.equal(checkRuntime({ node: '20.18.9' }).state, 'problem');
    assert.equal(checkRuntime({ node: '21.7.0' }).state, 'problem');
    for (const node of ['20.19.0', '22.12.0', '24.0.0', '26.1.0'])
      assert.equal(checkRuntime({ node }).state, 'ok', node);
    assert.equal(checkDescriptors(1024)[0]!.state, 'advice');
    assert.equal(checkDescriptors(65536)[0]!.state, 'ok');
    assert.deepEqual(checkDescriptors(undefined), []);
  });
});
