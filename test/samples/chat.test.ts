import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { shows, skipPages, visit } from './browser.js';
import { connect, type Failure } from './client.js';
import { RunningSample } from './sample.js';

describe('the chat sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('chat');
  });
  after(() => sample.stop());

  it('lets nobody in without a name', async () => {
    await assert.rejects(
      connect(`${sample.url}/chat`, { auth: { name: '' } }),
      (error: Error & { data?: { code?: string } }) => error.data?.code === 'invalid',
    );
  });

  it('tells a room who comes, what is said, and who goes by closing the connection', async () => {
    const enter = (name: string) => connect(`${sample.url}/chat`, { auth: { name } });
    const [ada, grace] = await Promise.all([enter('Ada'), enter('Grace')]);
    const room = 'kitchen';
    await ada.call('join', { room });
    assert.deepEqual(await ada.next('entered'), { room, name: 'Ada', present: ['Ada'] });
    await grace.call('join', { room });
    assert.deepEqual(await ada.next('entered'), { room, name: 'Grace', present: ['Ada', 'Grace'] });
    await ada.call('say', { room, text: 'hello' });
    for (const each of [ada, grace]) assert.deepEqual(await each.next('said'), { room, name: 'Ada', text: 'hello' });
    grace.leave();
    assert.deepEqual(await ada.next('left'), { room, name: 'Grace', present: ['Ada'] });
    await ada.call('leave', { room });
    const { error } = await ada.call<Failure>('say', { room, text: 'anybody?' });
    assert.equal(error.code, 'not_in_room');
    ada.leave();
  });

  it('shows a second client beside the first one, which can be hidden', { skip: skipPages }, async () => {
    const { page, leave } = await visit(sample.url);
    const second = page.frameLocator('iframe.second');
    for (const side of [page, second]) {
      await side.getByRole('button', { name: 'Enter' }).click();
      await side.getByRole('button', { name: 'Join', exact: true }).click();
    }
    await shows(page, '#talk .notice', 'Grace has entered the room');
    await page.getByLabel('Message').fill('Good morning');
    await page.keyboard.press('Enter');
    await second.locator('#talk li', { hasText: 'Good morning' }).waitFor();
    await page.getByRole('button', { name: 'Hide the second client' }).click();
    await shows(page, '#talk .notice', 'Grace has left the room');
    await leave();
  });

  it('has a page where two people meet', { skip: skipPages }, async () => {
    const [ada, grace] = await Promise.all([visit(sample.url), visit(sample.url)]);
    await enter(ada.page, 'Ada', 'kitchen');
    await enter(grace.page, 'Grace', 'kitchen');
    await shows(ada.page, '#talk .notice', 'Grace has entered the room');
    await grace.page.getByLabel('Message').fill('Good morning');
    await grace.page.keyboard.press('Enter');
    await shows(ada.page, '#talk li', 'Good morning');
    await shows(grace.page, '#talk .own', 'Good morning');
    await ada.page.getByLabel('Room', { exact: true }).fill('garden');
    await ada.page.keyboard.press('Enter');
    await shows(ada.page, '#room-title', 'garden');
    await grace.page.getByRole('button', { name: 'Leave kitchen' }).click();
    await shows(ada.page, '#rooms li', 'kitchen (1 new)');
    await ada.page.getByRole('button', { name: 'kitchen (1 new)' }).click();
    await shows(ada.page, '#talk .notice', 'Grace has left the room');
    await shows(ada.page, '#present', /^Ada$/);
    await grace.leave();
    await ada.leave();
  });
});

async function enter(page: Page, name: string, room: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await shows(page, '#status', 'Connected');
  await page.getByLabel('Room', { exact: true }).fill(room);
  await page.keyboard.press('Enter');
  await shows(page, '#present', name);
}
