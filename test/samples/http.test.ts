import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { shows, skipPages, visit } from './browser.js';
import { connect, type Failure } from './client.js';
import { RunningSample } from './sample.js';

interface Order {
  readonly id: number;
  readonly dish: string;
}

describe('the HTTP sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('http');
  });
  after(() => sample.stop());

  const order = (dish: unknown) =>
    fetch(`${sample.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dish }),
    });

  it('emits to the sockets from a route', async () => {
    const kitchen = await connect(`${sample.url}/orders`);
    assert.deepEqual(await kitchen.next('open'), []);
    const response = await order('Soup');
    assert.equal(response.status, 201);
    const { id } = (await response.json()) as Order;
    const ordered = await kitchen.next<Order>('ordered');
    assert.deepEqual({ id: ordered.id, dish: ordered.dish }, { id, dish: 'Soup' });

    await kitchen.call('serve', { id });
    assert.equal(await kitchen.next('served'), id);
    assert.deepEqual(await (await fetch(`${sample.url}/orders`)).json(), []);
    assert.equal((await kitchen.call<Failure>('serve', { id })).error.code, 'no_such_order');
    kitchen.leave();
  });

  it('refuses what is no order, and more orders than the kitchen can hold', async () => {
    assert.equal((await order('')).status, 400);
    assert.equal((await fetch(`${sample.url}/orders`, { method: 'POST' })).status, 400);
    const responses = await Promise.all(Array.from({ length: 21 }, () => order('Toast')));
    assert.equal(responses.filter(({ status }) => status === 201).length, 20);
    assert.equal(responses.filter(({ status }) => status === 409).length, 1);
    const kitchen = await connect(`${sample.url}/orders`);
    for (const { id } of await kitchen.next<Order[]>('open')) await kitchen.call('serve', { id });
    kitchen.leave();
  });

  it('has a page for guest and kitchen', { skip: skipPages }, async () => {
    const [guest, cook] = await Promise.all([visit(sample.url), visit(sample.url)]);
    await shows(cook.page, '#status', 'Connected');
    await guest.page.getByLabel('Dish').fill('Dumplings');
    await guest.page.keyboard.press('Enter');
    await shows(guest.page, '#answer', '201 Created');
    await shows(cook.page, '#orders li', 'Dumplings');
    await cook.page.getByRole('button', { name: /Dumplings/ }).click();
    await guest.page.locator('#orders li').waitFor({ state: 'detached' });
    await guest.leave();
    await cook.leave();
  });
});
