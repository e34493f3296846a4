import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { shows, skipPages, visit } from './browser.js';
import { connect, type Failure } from './client.js';
import { RunningSample } from './sample.js';

interface Item {
  readonly id: number;
  readonly text: string;
  readonly done: boolean;
}

describe('the Vue sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('vue');
  });
  after(() => sample.stop());

  it('keeps one list for everybody, with an end', async () => {
    const [a, b] = await Promise.all([connect(`${sample.url}/list`), connect(`${sample.url}/list`)]);
    await a.call('add', { text: 'Milk' });
    const { id } = await b.next<Item>('item');
    await b.call('tick', { id, done: true });
    assert.deepEqual(
      [await a.next('item'), await a.next('item')],
      [
        { id, text: 'Milk', done: false },
        { id, text: 'Milk', done: true },
      ],
    );
    for (let more = 1; more < 50; more++) await a.call('add', { text: `${more}` });
    assert.equal((await a.call<Failure>('add', { text: 'one too many' })).error.code, 'list_full');
    const late = await connect(`${sample.url}/list`);
    const items = await late.next<Item[]>('items');
    assert.equal(items.length, 50);
    for (const item of items) await late.call('remove', { id: item.id });
    assert.equal(await b.next('removed'), id);
    for (const each of [a, b, late]) each.leave();
  });

  it('has a page whose components follow the list', { skip: skipPages }, async () => {
    const [here, there] = await Promise.all([visit(sample.url), visit(sample.url)]);
    await shows(here.page, '#status', 'Connected');
    await shows(there.page, '#status', 'Connected');
    await here.page.getByLabel('What to buy').fill('Bread');
    await here.page.keyboard.press('Enter');
    await there.page.getByLabel('Bread', { exact: true }).check();
    await shows(here.page, '.rows s', 'Bread');
    await shows(here.page, '#open', '0 of 1 open');
    await here.page.getByRole('button', { name: 'Remove Bread' }).click();
    await shows(there.page, '#open', '0 of 0 open');
    await here.leave();
    await there.leave();
  });
});
