import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { shows, skipPages, visit } from './browser.js';
import { connect, type Failure } from './client.js';
import { RunningSample } from './sample.js';

describe('the private chat sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('private-chat');
  });
  after(() => sample.stop());

  it('answers joining and leaving with the conversations, and says things to the other one only', async () => {
    const open = () => connect(`${sample.url}/private`);
    const [a, b, c] = await Promise.all([open(), open(), open()]);
    const code = 'bluebird';
    assert.deepEqual(await a.call('join', { code }), { conversations: [code], others: 0 });
    assert.deepEqual(await b.call('join', { code }), { conversations: [code], others: 1 });
    assert.equal(await a.next('arrived'), code);
    assert.equal((await c.call<Failure>('join', { code })).error.code, 'room_full');
    assert.equal((await c.call<Failure>('say', { code, text: 'let me in' })).error.code, 'not_in_room');

    assert.deepEqual(await a.call('say', { code, text: 'hello' }), { heardBy: 1 });
    assert.deepEqual(await b.next('said'), { code, text: 'hello' });
    assert.deepEqual(a.left('said'), []);
    assert.deepEqual(await b.call('leave', { code }), { conversations: [] });
    assert.equal(await a.next('gone'), code);
    for (const each of [a, b, c]) each.leave();
  });

  it('has a page for each of the two', { skip: skipPages }, async () => {
    const [here, there] = await Promise.all([visit(sample.url), visit(sample.url)]);
    await join(here.page, 'robin');
    await shows(here.page, '#talk .notice', 'You are alone');
    await join(there.page, 'robin');
    await shows(here.page, '#talk .notice', 'The other has come');
    await shows(there.page, '#talk .notice', 'You are both here');
    await there.page.getByLabel('Message').fill('Are you there?');
    await there.page.keyboard.press('Enter');
    await shows(here.page, '#talk li', 'Are you there?');
    await shows(there.page, '#talk .own', 'Are you there?');
    await there.page.getByRole('button', { name: 'Leave' }).click();
    await shows(here.page, '#talk .notice', 'The other has gone');
    await there.page.locator('#conversations li').waitFor({ state: 'detached' });
    await here.leave();
    await there.leave();
  });
});

async function join(page: Page, code: string): Promise<void> {
  await shows(page, '#status', 'Connected');
  await page.getByLabel('Code').fill(code);
  await page.keyboard.press('Enter');
  await shows(page, '#conversations li', code);
}
