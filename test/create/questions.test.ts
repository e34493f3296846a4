/** What create-colloquy asks somebody at a terminal. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { UsageError, type Wishes } from '../../create-colloquy/src/choices.js';
import { ask, Cancelled } from '../../create-colloquy/src/questions.js';

async function answers(given: Wishes, lines: readonly string[]): Promise<{ asked: string; chosen: unknown }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(lines.map((line) => `${line}\n`).join(''));
  const refuse = (folder: string): void => {
    if (folder === 'full') throw new UsageError('full is not empty');
  };
  try {
    const chosen = await ask(given, refuse, input, output).catch((error: unknown) => error);
    return { chosen, asked: await text(output.end()) };
  } finally {
    input.destroy();
  }
}

describe('the questions of create-colloquy', () => {
  it('have defaults', async () => {
    const { chosen } = await answers({}, ['', '', '']);
    assert.deepEqual(chosen, { folder: 'my-app', template: 'chat', runner: 'node' });
  });

  it('are asked only for what the flags do not say', async () => {
    const { chosen, asked } = await answers({ folder: 'a', runner: 'jest' }, ['minimal']);
    assert.deepEqual(chosen, { folder: 'a', template: 'minimal', runner: 'jest' });
    assert.doesNotMatch(asked, /Name|runner/);
  });

  it('are asked again after an answer that is wrong', async () => {
    const { chosen, asked } = await answers({}, ['full', 'b', 'chta', 'chat', 'mocha', 'vitest']);
    assert.deepEqual(chosen, { folder: 'b', template: 'chat', runner: 'vitest' });
    assert.match(asked, /full is not empty/);
    assert.match(asked, /Did you mean 'chat'/);
    assert.match(asked, /'mocha' does not exist/);
  });

  it('end where the input ends', async () => {
    assert.ok((await answers({}, ['a'])).chosen instanceof Cancelled);
  });
});
