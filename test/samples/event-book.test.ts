/** The event book of the samples, in Chromium: as a programmer uses it, with the keyboard, in dark and light. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { shows, skipPages, visit, type Visit } from './browser.js';
import { RunningSample } from './sample.js';

const contentsOf = (page: Page): Promise<string[]> => page.locator('nav li').allTextContents();

/** The addresses that a page asks for, and how many bytes its own files have. */
async function visitCounted(url: string): Promise<Visit & { hosts: Set<string>; bytes: () => Promise<number> }> {
  const hosts = new Set<string>();
  const bodies: Promise<number>[] = [];
  const visited = await visit(`${url}/events`, async (page) => {
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (/^\/events\/(?!book)/.test(pathname)) bodies.push(response.body().then(({ length }) => length));
    });
  });
  const bytes = async (): Promise<number> => (await Promise.all(bodies)).reduce((sum, size) => sum + size, 0);
  return { ...visited, hosts, bytes };
}

/** Presses Tab until the element with that name has the focus, which must be visible at each step. */
async function tabTo(page: Page, role: 'button' | 'link' | 'textbox' | 'searchbox', name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate<string>(
      '(({ outlineStyle, outlineWidth }) => `${outlineStyle} ${outlineWidth}`)(getComputedStyle(document.activeElement))',
    );
    const focused = page.locator('body *:focus');
    if ((await focused.count()) === 0) continue; // the browser's own bar, from the end to the beginning
    assert.match(outline, /^(?:solid 2px|auto .*)$/, 'the focus is visible');
    const wanted = page.getByRole(role, { name, exact: true });
    if ((await wanted.and(focused).count()) > 0) return;
  }
  assert.fail(`Tab does not reach ${role} ${name}`);
}

describe('the event book of the samples', { skip: skipPages, timeout: 120_000 }, () => {
  const samples = new Map<string, RunningSample>();
  before(async () => {
    if (skipPages !== false) return;
    const names = ['01-echo', 'chat', 'login'];
    const started = await Promise.all(names.map((name) => RunningSample.start(name)));
    for (const [index, name] of names.entries()) samples.set(name, started[index]!);
  });
  after(() => Promise.all([...samples.values()].map((sample) => sample.stop())));
  const urlOf = (name: string): string => samples.get(name)!.url;

  it('echo: lists the events, asks no other host, and is below 50 KB', async () => {
    const { page, leave, hosts, bytes } = await visitCounted(urlOf('01-echo'));
    await shows(page, 'main h2', 'my_event');
    const events = ['my_event', 'my_broadcast_event', 'join', 'leave', 'my_room_event', 'close_room', 'my_ping'];
    const contents = await contentsOf(page);
    for (const event of [...events, 'disconnect_request', 'Text', 'RoomName', 'Error codes']) {
      assert.ok(contents.includes(event), event);
    }
    await shows(page, 'main dd', 'EchoController.echo');
    assert.deepEqual([...hosts], [new URL(urlOf('01-echo')).host]);
    const size = await bytes();
    assert.ok(size > 10_000 && size < 50_000, `${size} bytes`);
    await leave();
  });

  it('echo: connects, sends from the form and as JSON, and shows issues at their fields', async () => {
    const { page, leave } = await visit(`${urlOf('01-echo')}/events`);
    const main = page.locator('main');
    await main.getByRole('button', { name: 'Connect to /test' }).click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await shows(page, '#connections .status', 'connected');
    await shows(page, '#feed .received', 'my_response { "data": "Connected", "count": 0 }');
    await main.getByRole('button', { name: 'Send' }).click();
    const data = main.getByLabel('data');
    await shows(page, 'main .issue', 'data must be longer than or equal to 1 characters');
    assert.equal(await data.getAttribute('aria-invalid'), 'true');
    const ids = (await data.getAttribute('aria-describedby'))!.split(' ');
    const described = (await Promise.all(ids.map((id) => page.locator(`#${id}`).textContent()))).join(' ');
    assert.match(described, /^1 to 2000 characters data must be longer/);
    await shows(page, '#announcer', /^invalid: Payload validation failed/);
    await data.fill('Hello');
    assert.equal(await data.getAttribute('aria-invalid'), null);
    await data.press('Enter');
    await shows(page, 'main .answer', 'no value');
    await shows(page, '#feed .received', '{ "data": "Hello", "count": 1 }');

    await main.getByRole('radio', { name: 'JSON' }).check();
    const json = main.getByLabel('Arguments as JSON');
    assert.deepEqual(JSON.parse(await json.inputValue()), [{ data: 'Hello' }]);
    await json.fill('[{ "data": 7 }]');
    await json.press('Control+Enter');
    await shows(page, 'main .issue', 'data: data must be a string');
    await json.fill('[{ "data": "from JSON" }]');
    await main.getByRole('button', { name: 'Send' }).click();
    await shows(page, '#feed .received', 'from JSON');
    await main.getByRole('button', { name: 'Copy as a test' }).click();
    await shows(page, '.copied', "await client.call('my_event', { data: 'from JSON' }), undefined);");
    await leave();
  });

  it('chat: refuses a name that breaks the rules at its field; two connections stand side by side', async () => {
    const { page, leave } = await visit(`${urlOf('chat')}/events`, (opened) =>
      opened.context().grantPermissions(['clipboard-read', 'clipboard-write']),
    );
    const main = page.locator('main');
    const form = page.locator('#connect');
    const connect = form.getByRole('button', { name: 'Connect', exact: true });
    await connect.click();
    await shows(page, '#connections .failure', 'invalid');
    await shows(page, '#connect .issue', 'name must be longer than or equal to 1 characters');
    assert.equal(await form.getByLabel('name', { exact: true }).getAttribute('aria-invalid'), 'true');
    for (const name of ['Ada', 'Grace']) {
      if (name === 'Grace') await form.locator('summary').click();
      await form.getByLabel('name', { exact: true }).fill(name);
      await connect.click();
      await shows(page, '#connections [data-status=connected]', `"name":"${name}"`);
    }
    assert.equal(await page.locator('#connections > li').count(), 2, 'the refused one is gone');

    const from = main.getByLabel('From');
    for (const number of ['2', '3']) {
      await from.selectOption({ label: `#${number} /chat` });
      await main.getByLabel('room').fill('kitchen');
      await main.getByRole('button', { name: 'Send' }).click();
      await shows(page, '#feed .entry.answer', `#${number}`);
    }
    await page.locator('nav').getByRole('link', { name: 'say', exact: true }).click();
    await shows(page, 'main dt', 'not_in_room');
    const contents = await contentsOf(page);
    for (const event of ['said', 'entered', 'left']) assert.ok(contents.includes(event), event);
    await main.getByLabel('text').fill('Good morning');
    await main.getByLabel('room').fill('kitchen');
    await main.getByRole('button', { name: 'Send' }).click();
    const said = page.locator('#feed .received').filter({ hasText: 'Good morning' });
    await said.nth(1).waitFor();
    const [left, right] = await Promise.all([said.nth(0).boundingBox(), said.nth(1).boundingBox()]);
    assert.ok(left!.x + left!.width <= right!.x, 'side by side');
    await page.getByLabel('side by side').uncheck();
    const [above, below] = await Promise.all([said.nth(0).boundingBox(), said.nth(1).boundingBox()]);
    assert.ok(above!.x === below!.x && above!.y < below!.y, 'one below the other');

    await page.getByLabel('Filter the feed').fill('good morning');
    await shows(page, '#feed-count', /^3 of \d+$/);
    await page.getByLabel('Connection', { exact: true }).selectOption({ label: '#3 /chat' });
    await shows(page, '#feed-count', /^1 of \d+$/);
    await page.getByLabel('Filter the feed').fill('');
    await page.getByRole('button', { name: 'Clear' }).click();
    await shows(page, '#feed-count', /^0$/);

    await main.getByRole('button', { name: 'Copy as client code' }).click();
    await shows(page, 'main', 'Copied.');
    const copied = await page.evaluate('navigator.clipboard.readText()');
    assert.equal(copied, await page.locator('.copied').textContent());
    const { origin } = new URL(page.url());
    assert.match(
      String(copied),
      new RegExp(`io\\('${origin}/chat', { auth: { name: 'Ada' } }\\)\\);\\nconst answer = await chat.call\\('say', `),
    );

    await page.getByRole('button', { name: 'Disconnect' }).first().click();
    await shows(page, '#connections .status', 'disconnected');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Connect again');
    await page.keyboard.press('Enter');
    await page.locator('#connections [data-status=connected]').nth(1).waitFor();
    await page.getByRole('button', { name: 'Remove' }).first().click();
    assert.equal(await page.locator('#connections > li').count(), 1);
    await leave();
  });

  it('login: connects with the session of this browser', async () => {
    const { page, leave } = await visit(`${urlOf('login')}/events`);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await shows(page, '#connections .failure', 'signed_out Please sign in.');
    await page.goto(urlOf('login'));
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('lovelace');
    await page.keyboard.press('Enter');
    await shows(page, '#user', 'ada');
    await page.goto(`${urlOf('login')}/events`);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await shows(page, '#feed .received', 'welcome { "user": "ada"');
    await page.getByRole('button', { name: 'Send' }).click();
    await shows(page, 'main .answer pre', '"user": "ada"');
    await leave();
  });

  it('is used by the keyboard alone', async () => {
    const { page, leave } = await visit(`${urlOf('chat')}/events`);
    await shows(page, 'main h2', 'join');
    await tabTo(page, 'link', 'say');
    await page.keyboard.press('Enter');
    await shows(page, 'main h2', 'say');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'say', 'the heading has the focus');
    await tabTo(page, 'button', 'Connect to /chat');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.labels[0].textContent'), 'name');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await shows(page, '#connections .status', 'connected');
    await shows(page, '#announcer', '#1 /chat connected');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'New connection');
    await tabTo(page, 'textbox', 'text');
    await page.keyboard.type('hi');
    await tabTo(page, 'textbox', 'room');
    await page.keyboard.type('kitchen');
    await tabTo(page, 'button', 'Send');
    await page.keyboard.press('Space');
    await shows(page, 'main .answer .failure', 'not_in_room');
    await tabTo(page, 'button', 'Copy as a test');
    await page.keyboard.press('Enter');
    await shows(page, '.copied', "{ code: 'not_in_room' }");
    await tabTo(page, 'searchbox', 'Filter the feed');
    await page.keyboard.type('not_in');
    await shows(page, '#feed-count', /^1 of/);
    await leave();
  });

  it('names every control, and has one line of headings', async () => {
    const { page, leave } = await visit(`${urlOf('chat')}/events`);
    await shows(page, 'main h2', 'join');
    assert.deepEqual(await page.evaluate(NAMELESS_CONTROLS), []);
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    for (const [index, level] of levels.entries()) assert.ok(level <= (levels[index - 1] ?? 0) + 1, levels.join());
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
    const landmarks = ['banner', 'navigation', 'main', 'complementary', 'log'] as const;
    for (const landmark of landmarks) assert.equal(await page.getByRole(landmark).count(), 1, landmark);
    await leave();
  });

  it('is readable in dark and light, and on a narrow screen', async () => {
    const grounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, leave } = await visit(`${urlOf('chat')}/events`, (opened) => opened.emulateMedia({ colorScheme }));
      await page.locator('#connect').getByLabel('name', { exact: true }).fill('Ada');
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await shows(page, '#connections .status', 'connected');
      await page.getByRole('button', { name: 'Send' }).click();
      await shows(page, 'main .issue', 'room must be');
      grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      const texts = await page.evaluate<{ contrast: number; text: string }[]>(contrasts);
      assert.ok(texts.length > 30);
      assert.deepEqual(
        texts.filter(({ contrast }) => contrast < 4.5).map(({ text }) => text),
        [],
        colorScheme,
      );
      await page.setViewportSize({ width: 320, height: 600 });
      assert.equal(
        await page.evaluate('document.documentElement.scrollWidth'),
        320,
        'nothing is wider than the screen',
      );
      await page.getByText('Contents').click();
      await page.locator('nav').getByRole('link', { name: 'say', exact: true }).click();
      await shows(page, 'main h2', 'say');
      assert.equal(await page.locator('#navigation').isVisible(), false, 'the contents fold');
      await leave();
    }
    assert.notEqual(grounds[0], grounds[1]);
  });
});

/** A script for the page: the texts, each with its contrast to what is behind it. */
const contrasts = String.raw`(() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && !element.closest('.hidden, option'))
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .map((element) => {
      const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))];
      const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
      return { contrast, text: contrast.toFixed(2) + ' ' + element.tagName + ' ' + element.textContent.slice(0, 30) };
    });
})()`;

/** A script for the page: the controls that a screen reader cannot name. */
const NAMELESS_CONTROLS = `[...document.querySelectorAll('input, select, textarea, button, a, pre[tabindex], ol[tabindex]')]
  .filter((element) => {
    const text = [...(element.labels ?? [])].map((label) => label.textContent).join('') + element.textContent;
    return text.trim() === '' && !element.getAttribute('aria-label') && !element.getAttribute('aria-labelledby');
  })
  .map((element) => element.outerHTML)`;
