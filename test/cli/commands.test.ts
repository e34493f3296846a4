/** The command on programs of users: what it prints, where, and with which exit code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Parser } from '@asyncapi/parser';
import { commands } from '../../src/cli/commands/index.js';
import type { Contract } from '../../src/index.js';
import { sampleContract } from '../contract/sample.js';
import { root } from '../repo/sources.js';
import { program, project, typed } from './support.js';

describe('colloquy', { timeout: 240_000 }, () => {
  it('is a program of the package: npx colloquy', () => {
    const { bin, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly bin: { readonly colloquy: string };
      readonly version: string;
    };
    const file = join(root, bin.colloquy);
    assert.ok(readFileSync(file, 'utf8').startsWith('#!/usr/bin/env node\n'));
    assert.ok(statSync(file).mode & 0o111, 'it may be executed');
    const run = spawnSync(process.execPath, [file, '--version'], { encoding: 'utf8' });
    assert.deepEqual([run.status, run.stdout], [0, `${version}\n`]);
  });

  it('has help for each command: every word and option, examples, exit codes', async (t) => {
    const { colloquy } = project(t, {});
    const overview = await colloquy('--help');
    assert.equal(overview.code, 0);
    for (const { name, summary, options, operands, examples } of commands) {
      assert.ok(overview.stdout.includes(`${name} `) && overview.stdout.includes(summary), name);
      const help = await colloquy(name, '--help');
      assert.deepEqual(await colloquy('help', name), help);
      assert.equal(help.code, 0);
      const words = [...Object.keys(options).map((each) => `--${each}`), ...operands.map((each) => `  ${each.name}`)];
      for (const word of [...words, ...examples, 'Exit codes: 0'])
        assert.ok(help.stdout.includes(word), `${name}: ${word}`);
    }
  });

  const wrong: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [[], /Usage: colloquy <command>/],
    [['ruotes'], /no command ruotes; did you mean colloquy routes\?/],
    [['--halp'], /no option --halp/],
    [['types', '--standalon'], /no option --standalon; did you mean --standalone\?/],
    [['types', '-x'], /no option -x/],
    [['types', '--standalone=yes'], /--standalone takes no value/],
    [['types', '-o'], /-o needs a value/],
    [['types', '--timeout', 'soon'], /--timeout must be a number > 0/],
    [['routes', 'main.js', 'other.js'], /no further word: 'other.js'/],
    [['routes', '--', 'word'], /takes nothing behind `--`/],
    [['routes', 'mian.js'], /no file mian\.js\. Did you mean main\.js\?/],
    [['routes', 'main.ts'], /no file main\.ts\. Did you mean main\.js\?/],
    [['routes', 'empty'], /empty is a folder/],
    [['diff'], /<before> is missing/],
    [['diff', 'contrat.json'], /no file contrat\.json\. Did you mean contract\.json\?/],
    [['diff', 'contract.json'], /contract\.json is no contract/],
    [['diff', 'broken.json'], /broken\.json is no contract: .*JSON/],
    [
      ['diff', 'contract.json', '--format', 'markdwon'],
      /one of text, json, markdown; did you mean --format markdown\?/,
    ],
    [['schemas', '--only', 'Sya'], /no DTO Sya; there are none/],
    [['routes', '--app', '2'], /makes no application 2\.\n {2}--app 1 {2}\/chat/],
  ];
  it('says what is wrong with a command line, what was probably meant, and ends with 2', async (t) => {
    const files = { 'main.js': program('say'), 'contract.json': '{}', 'broken.json': '{', 'empty/a.txt': '' };
    const { colloquy } = project(t, files);
    for (const [words, message] of wrong) {
      const { code, stdout, stderr } = await colloquy(...words);
      assert.match(stderr, message, words.join(' '));
      assert.deepEqual([code, stdout], [2, ''], words.join(' '));
    }
  });

  it('prints the dispatch table for people, and as JSON', async (t) => {
    const { colloquy } = project(t, { 'src/main.js': program('say', 'shout') });
    const table = await colloquy('routes');
    assert.equal(table.code, 0, table.stderr);
    assert.match(table.stdout, /^namespace +event +handler +arguments\n\/chat +say .*\n\/chat +shout /);
    const rows = JSON.parse((await colloquy('routes', 'src/main.js', '--json')).stdout) as { readonly event: string }[];
    assert.deepEqual(
      rows.map(({ event }) => event),
      ['say', 'shout'],
    );
  });

  it('writes types that name the server’s classes, and types without an import', async (t) => {
    const { colloquy, folder } = project(t, typed);
    const written = await colloquy('types', '-o', 'client/src/contract.ts');
    assert.deepEqual(written, { code: 0, stdout: '', stderr: 'client/src/contract.ts was written' });
    const types = readFileSync(join(folder, 'client/src/contract.ts'), 'utf8');
    assert.match(types, /import type \{ ChatController \} from "\.\.\/\.\.\/src\/chat\.controller\.js";/);
    assert.match(types, /"say": Call<ChatController\["say"\], \[0\], "room_full">;/);
    assert.match(types, /"said": \[Json<Said>\];/);
    const again = await colloquy('types', '-o', 'client/src/contract.ts');
    assert.equal(again.stderr, 'client/src/contract.ts is the same as before');
    writeFileSync(join(folder, 'contract.json'), JSON.stringify(await sampleContract()));
    const alone = await colloquy('types', 'contract.json');
    assert.doesNotMatch(alone.stdout, /import/);
    assert.match(alone.stdout, /"count": \{ args: \[\]; answer: \[number, string\]; codes: never \};/);
    assert.deepEqual((await colloquy('types', 'src', '--standalone')).stdout.match(/import/), null);
  });

  it('writes schemas, all or one, of a program or of its contract', async (t) => {
    const { colloquy } = project(t, { 'contract.json': JSON.stringify(await sampleContract()) });
    const all = JSON.parse((await colloquy('schemas', 'contract.json')).stdout) as { readonly $defs: object };
    assert.deepEqual(Object.keys(all.$defs), ['Credentials', 'Say', 'Line']);
    const one = JSON.parse((await colloquy('schemas', 'contract.json', '--only', 'Say')).stdout) as {
      readonly $ref: string;
    };
    assert.equal(one.$ref, '#/$defs/Say');
    const none = await colloquy('schemas', 'contract.json', '--only', 'Sai');
    assert.match(none.stderr, /no DTO Sai; did you mean Say\?/);
    assert.equal(none.code, 2);
  });

  it('writes AsyncAPI as YAML and as JSON, with the name and version of the package', async (t) => {
    const { colloquy } = project(t, { 'contract.json': JSON.stringify(await sampleContract()) });
    const { stdout } = await colloquy('asyncapi', 'contract.json', '--host', 'chat.example.com', '--secure');
    const { document, diagnostics } = await new Parser().parse(stdout);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 0).map(({ message }) => message),
      [],
    );
    assert.deepEqual([document!.info().title(), document!.info().version()], ['chatter', '2.3.4']);
    assert.equal(document!.servers().all()[0]!.url(), 'wss://chat.example.com/socket.io/');
    const json = await colloquy('asyncapi', 'contract.json', '--host', 'chat.example.com', '--secure', '--json');
    assert.equal(Object.keys(JSON.parse(json.stdout) as object)[0], 'asyncapi');
    const same = await new Parser().parse(json.stdout);
    assert.deepEqual(document!.json(), same.document!.json());
  });

  it('compares a contract with the program as it is now: 1 if a change breaks clients', async (t) => {
    const { colloquy, folder } = project(t, { 'main.js': program('say', 'shout') });
    await colloquy('contract', '-o', 'contract.json');
    assert.deepEqual(await colloquy('diff', 'contract.json'), {
      code: 0,
      stdout: 'The contract is the same.',
      stderr: '',
    });
    writeFileSync(join(folder, 'main.js'), program('say', 'shout', 'whisper'));
    const safe = await colloquy('diff', 'contract.json', 'main.js');
    assert.equal(safe.code, 0);
    assert.match(safe.stdout, /safe +\/chat whisper: the event is new/);
    writeFileSync(join(folder, 'main.js'), program('say'));
    const broken = await colloquy('diff', 'contract.json', 'main.js', '--format', 'markdown');
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /\| \*\*breaks\*\* \| \/chat shout \|/);
    const json = JSON.parse((await colloquy('diff', 'contract.json', '--json')).stdout) as {
      readonly breaking: boolean;
    };
    assert.equal(json.breaking, true);
    await colloquy('contract', '-o', 'now.json');
    assert.equal((await colloquy('diff', 'now.json', 'contract.json')).code, 0);
    assert.equal((await colloquy('diff', 'contract.json', 'now.json')).code, 1);
  });

  it('keeps what the program prints out of the result', async (t) => {
    const { colloquy, folder } = project(t, typed);
    const { stdout, stderr } = await colloquy('contract');
    assert.equal((JSON.parse(stdout) as Contract).colloquy, 1);
    assert.equal(stderr, '');
    const verbose = await colloquy('contract', '--verbose', '-o', 'contract.json');
    assert.match(verbose.stderr, /\{"not":"for the result"\}/);
    assert.ok(existsSync(join(folder, 'contract.json')));
  });
});
