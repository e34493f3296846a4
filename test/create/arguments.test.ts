/** The command line of create-colloquy. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readArguments } from '../../create-colloquy/src/arguments.js';
import { UsageError } from '../../create-colloquy/src/choices.js';

describe('the flags of create-colloquy', () => {
  it('are read in any order, long and short, and none is needed', () => {
    const all = { wishes: { folder: 'a', template: 'minimal', runner: 'jest' }, yes: true, install: false };
    const none = { wishes: {}, yes: false, install: true, help: false, version: false };
    const long = ['a', '--template', 'minimal', '--runner=jest', '--yes', '--no-install'];
    const short = ['-y', '-t', 'minimal', 'a', '-r', 'jest', '--no-install'];
    for (const argv of [long, short]) assert.deepEqual(readArguments(argv), { ...none, ...all });
    assert.deepEqual(readArguments([]), none);
    assert.equal(readArguments(['-h']).help, true);
    assert.equal(readArguments(['--version']).version, true);
  });

  const wrong: readonly (readonly [argv: string[], says: RegExp, env?: NodeJS.ProcessEnv])[] = [
    [['a', '--tempalte', 'chat'], /--tempalte is not a flag\. Did you mean '--template'\?/],
    [['--zzzzzzzzz'], /--zzzzzzzzz is not a flag\. --help lists the flags/],
    [['-x'], /-x is not a flag/],
    [['--template', 'chatt'], /the template 'chatt' does not exist: use minimal, chat\. Did you mean 'chat'\?/],
    [['--runner', 'mocha'], /the runner 'mocha' does not exist: use node, vitest, jest\./],
    [['--template'], /--template needs a value/],
    [['--runner='], /--runner= needs a value|--runner needs a value/],
    [['--yes=no'], /--yes takes no value/],
    [['a', 'chat'], /'chat' is one argument too many.+after `--`/],
    [['a'], /--template did not arrive: npm keeps flags/, { npm_config_template: 'minimal' }],
    [['--template', 'constructor'], /does not exist/],
    [['--constructor'], /is not a flag/],
  ];
  for (const [argv, says, env] of wrong) {
    it(`are refused with the way to write them: ${argv.join(' ')}${env ? ', npm took the flag' : ''}`, () => {
      assert.throws(
        () => readArguments(argv, env),
        (error) => error instanceof UsageError && says.test(error.message),
      );
    });
  }
});
