/** The event book in Chromium, with an application that has every kind of field, and with hostile ones. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { IsOptional, IsString } from 'class-validator';
import type { Locator, Page } from 'playwright-core';
import { Socket } from 'socket.io';
import { EventError, Namespace, On, OnConnect, Query, type AppOptions } from '../../../src/index.js';
import { shows, skipPages, visit, type Visit } from '../../samples/browser.js';
import { start, type Running } from '../../support/app.js';
import { rich } from './rich.js';

interface Opened extends Visit, Running {
  readonly main: Locator;
}

async function open(
  t: TestContext,
  controllers: AppOptions['controllers'],
  options: Omit<Partial<AppOptions>, 'controllers'>,
  hash = '',
): Promise<Opened> {
  const running = await start(t, controllers, { docs: true, ...options });
  const visited = await visit(`${running.url}/events/${hash}`);
  await visited.page.locator('main h2').waitFor();
  return { ...running, ...visited, main: visited.page.locator('main') };
}

const openRich = (t: TestContext, hash?: string): Promise<Opened> =>
  open(t, rich.controllers, { emits: rich.emits }, hash);

async function connectWith(page: Page, fill: () => Promise<unknown>): Promise<void> {
  await fill();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.locator('#connections [data-status=connected]').last().waitFor();
}

const withToken = (page: Page): Promise<void> =>
  connectWith(page, () => page.locator('#connect').getByLabel('token').fill('secret'));

const send = (main: Locator): Promise<void> => main.getByRole('button', { name: 'Send' }).click();

async function goTo(page: Page, name: string): Promise<void> {
  await page.locator('nav').getByRole('link', { name, exact: true }).first().click();
  await shows(page, 'main h2', name);
}

describe('the event book in a browser', { skip: skipPages, timeout: 300_000 }, () => {
  it('makes a form of every kind of field, and sends what the form says', async (t) => {
    const { page, main, leave } = await openRich(t, '#/event/%2Forders/order');
    await withToken(page);
    await main.getByLabel('title').fill('chair');
    await main.getByLabel('priority').selectOption('high');
    await main.getByLabel('urgent').selectOption('true');
    await main.getByRole('button', { name: 'Add to marks' }).click();
    await main.getByLabel('marks 1').fill('3');
    await main.getByRole('button', { name: 'Add to marks' }).click();
    await main.getByRole('button', { name: 'Remove' }).last().click();
    await main.getByRole('button', { name: 'Add spare' }).click();
    const spare = main.getByRole('group', { name: 'spare Piece' });
    await spare.getByLabel('name').fill('screw');
    await main.getByRole('button', { name: 'Leave spare out' }).click();
    const piece = main.getByRole('group', { name: 'main Piece' });
    await piece.getByLabel('name').fill('leg');
    await piece.getByLabel('count').fill('4');
    await main.getByRole('button', { name: 'Add to pieces' }).click();
    const second = main.getByRole('group', { name: 'pieces 1 Piece' });
    await second.getByLabel('name').fill('seat');
    await second.getByLabel('count').fill('10');
    await send(main);
    // The issue of an element stands at its field.
    await shows(page, 'main .issue', 'count must not be greater than 9');
    assert.equal(await second.getByLabel('count').getAttribute('aria-invalid'), 'true');
    assert.equal(await piece.getByLabel('count').getAttribute('aria-invalid'), null);
    await second.getByLabel('count').fill('1');
    await send(main);
    await shows(page, 'main .answer pre', '"total": 5');
    assert.equal(await main.locator('[aria-invalid]').count(), 0);
    await shows(page, '#feed .received', 'ordered');
    // The same as JSON, and back.
    await main.getByRole('radio', { name: 'JSON' }).check();
    const text = await main.getByLabel('Arguments as JSON').inputValue();
    assert.deepEqual(JSON.parse(text), [
      {
        title: 'chair',
        priority: 'high',
        urgent: true,
        marks: [3],
        main: { name: 'leg', count: 4 },
        pieces: [{ name: 'seat', count: 1 }],
      },
    ]);
    await main.getByLabel('Arguments as JSON').fill(text.replace('chair', 'moon'));
    await main.getByRole('radio', { name: 'Form' }).check();
    assert.equal(await main.getByLabel('title').inputValue(), 'moon');
    assert.equal(await main.getByLabel('marks 1').inputValue(), '3');
    await send(main);
    await shows(page, 'main .answer .failure', 'out_of_stock');
    await leave();
  });

  it('keeps JSON that is none, says what is wrong, and sends nothing', async (t) => {
    const { page, main, leave } = await openRich(t, '#/event/%2Forders/size');
    await withToken(page);
    await main.getByRole('radio', { name: 'JSON' }).check();
    const json = main.getByLabel('Arguments as JSON');
    for (const [text, issue] of [
      ['["a", 1', 'This is not JSON'],
      ['{"a":1}', 'an array'],
    ] as const) {
      await json.fill(text);
      await json.press('Control+Enter');
      await shows(page, 'main .issue', issue);
      await page.getByRole('button', { name: 'Copy as a test' }).click();
      assert.equal(await page.locator('.copied').isVisible(), false);
      await main.getByRole('radio', { name: 'Form' }).click();
      assert.equal(await json.inputValue(), text);
      assert.equal(await main.getByRole('radio', { name: 'JSON' }).isChecked(), true);
    }
    assert.equal(await page.locator('#feed .sent').count(), 0);
    await json.fill('[1, "x"]');
    await json.press('Control+Enter');
    await shows(page, 'main .issue', '0: must be a string');
    await json.fill('["abc", 2, true]');
    await json.press('Control+Enter');
    await shows(page, 'main .answer pre', '"exact"');
    await leave();
  });

  it('sends several arguments, properties, any number, bytes, and events without a handler of their own', async (t) => {
    const { page, main, leave } = await openRich(t, '#/event/%2Forders/size');
    await withToken(page);
    await main.getByLabel('Argument 1').fill('abc');
    await main.getByLabel('Argument 2').fill('2');
    await send(main);
    await shows(page, 'main .answer pre', /6,\s+"about"/);
    await main.getByLabel('Argument 2').fill('');
    await send(main);
    await shows(page, 'main .issue', 'must be a number');
    assert.equal(await main.getByLabel('Argument 2').getAttribute('aria-invalid'), 'true');

    await goTo(page, 'pair');
    for (const [number, count] of [
      [1, '3'],
      [2, '10'],
    ] as const) {
      const piece = main.getByRole('group', { name: `Argument ${number} Piece` });
      await piece.getByLabel('name').fill('a');
      await piece.getByLabel('count').fill(count);
    }
    await send(main);
    await shows(page, 'main .issue', 'count must not be greater than 9');
    assert.deepEqual(
      await main.getByLabel('count').evaluateAll((all) => all.map((each) => each.getAttribute('aria-invalid'))),
      [null, 'true'],
    );
    await main.getByLabel('count').last().fill('1');
    await send(main);
    await shows(page, 'main .answer pre', '2');

    await goTo(page, 'named');
    await main.getByLabel('room').fill('green');
    await main.getByLabel('size').fill('3');
    await send(main);
    await shows(page, 'main .answer pre', /"room": "green",\s+"size": 3/);

    await goTo(page, 'sum');
    await main.getByLabel('Arguments', { exact: true }).fill('[1, 2, 3]');
    await send(main);
    await shows(page, 'main .answer pre', '6');

    await goTo(page, 'bytes');
    await main.getByLabel('Argument 1').fill('äb');
    await send(main);
    await shows(page, 'main .answer pre', '3');
    await shows(page, '#feed .sent', '<3 bytes>');

    await goTo(page, 'any other event');
    await main.getByLabel('Event', { exact: true }).fill('odd');
    await main.getByLabel('Arguments', { exact: true }).fill('["a"]');
    await send(main);
    await shows(page, 'main .answer pre', '"a"');
    await shows(page, '#feed .sent', 'odd');
    await leave();
  });

  it('answers the server that asks, and tells failures that nobody asked for', async (t) => {
    const { page, main, leave } = await openRich(t, '#/event/%2Forders/question');
    await withToken(page);
    await send(main);
    await page.getByLabel('Answer as JSON').fill('{"yes":');
    await page.getByRole('button', { name: 'Answer' }).click();
    await shows(page, '#feed .issue', 'not JSON');
    await page.getByLabel('Answer as JSON').fill('{"yes":1}');
    await page.getByRole('button', { name: 'Answer' }).click();
    await shows(page, 'main .answer pre', '"yes": 1');

    await goTo(page, 'size');
    await main.getByLabel('ask for an answer').uncheck();
    await send(main);
    await shows(page, 'main .answer', 'A failure would arrive as exception');
    await shows(page, '#feed .failure', /exception\s+invalid/);
    await leave();
  });

  it('sends over all connections at once, shows the answer of each, and the bytes of what goes over the wire', async (t) => {
    const { page, main, leave } = await openRich(t, '#/event/%2Forders/size');
    await withToken(page);
    const from = main.getByLabel('From');
    assert.deepEqual(await from.locator('option').allTextContents(), ['#1 /orders']);
    await page.locator('#connect > summary').click();
    await withToken(page);
    await shows(page, '#connections li:nth-child(2) .status', 'connected');
    await from.selectOption('All 2 connections');
    await main.getByLabel('Argument 1').fill('äbc');
    await main.getByLabel('Argument 2').fill('2');
    await send(main);
    await shows(page, 'main .answer h4:nth-of-type(1)', 'Answered #1 /orders');
    await shows(page, 'main .answer h4:nth-of-type(2)', 'Answered #2 /orders');
    assert.equal(await main.locator('.answer pre').count(), 2);
    assert.equal(await page.locator('#feed .sent').count(), 2);
    const sent = new TextEncoder().encode('["size","äbc",2]').length;
    await shows(page, '#feed .sent .size', `${sent} B`);
    await shows(page, '#feed .answer .size', / B$/);
    // A field of what both refuse has one issue, and the keyboard alone does all of it.
    await main.getByLabel('Argument 2').fill('');
    await main.getByLabel('Argument 2').press('Enter');
    await shows(page, 'main .answer h4:nth-of-type(2)', 'Refused #2 /orders');
    assert.deepEqual(await main.locator('.field .issue:visible').allTextContents(), ['must be a number']);
    await page.locator('#connections').getByRole('button', { name: 'Remove' }).last().click();
    assert.deepEqual(await from.locator('option').allTextContents(), ['#1 /orders']);
    assert.equal(await from.inputValue(), '1');
    await leave();
  });

  it('connects to a family of namespaces by its parameters, with a query', async (t) => {
    const { page, main, leave } = await openRich(t, '#/event/%2Fgame%2F%3Aid/whoami');
    await main.getByRole('button', { name: 'Connect to /game/:id' }).click();
    await connectWith(page, () => page.getByLabel('id (number)').fill('7'));
    await send(main);
    await shows(page, 'main .answer pre', '"id": 7');
    await page.getByRole('button', { name: 'Copy as client code' }).click();
    await shows(page, '.copied', /connect<Contract\['\/game\/:id'\]>\(io\('http:\/\/127.0.0.1:\d+\/game\/7'/);

    await page.locator('#connect > summary').click();
    await page.getByLabel('Namespace', { exact: true }).selectOption('/orders');
    await page.getByLabel('version').fill('2');
    await withToken(page);
    await shows(page, '#connections h3', '#2 /orders');
    await leave();
  });

  it('shows a refusal at the value of the query that it is about', async (t) => {
    @Namespace('/paged')
    class Paged {
      @OnConnect enter(@Query('page') _page: number): void {}
      @On() none(): void {}
    }
    const { page, leave } = await open(t, [Paged], {});
    await page.getByLabel('page', { exact: true }).fill('x');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await shows(page, '#connect .issue', 'must be a number');
    assert.equal(await page.getByLabel('page', { exact: true }).getAttribute('aria-invalid'), 'true');
    await connectWith(page, () => page.getByLabel('page', { exact: true }).fill('7'));
    await leave();
  });

  it('connects to a namespace that only a pattern or `*` declares', async (t) => {
    @Namespace(/^\/room-(\d+)$/)
    class RoomOf {
      @On() which(socket: Socket) {
        return socket.nsp.name;
      }
    }
    @Namespace('*')
    class Rest {
      @On() which(socket: Socket) {
        return socket.nsp.name;
      }
    }
    const { page, main, leave, app } = await open(t, [RoomOf, Rest], { name: 'rooms of <b>' });
    await shows(page, '#host', 'rooms of <b> · 127.0.0.1');
    for (const [index, path] of ['/room-7', '/anything'].entries()) {
      const declared = app.contract().namespaces[index]!.path;
      await goTo(page, declared);
      await main.getByRole('button', { name: `Connect to ${declared}` }).click();
      await page.getByLabel(`Namespace, ${declared}`).fill(path);
      await connectWith(page, async () => {});
      await page.locator('nav section').nth(index).getByRole('link', { name: 'which' }).click();
      await send(main);
      await shows(page, 'main .answer pre', path);
    }
    await leave();
  });

  it('shows what the contract says: summary, deprecation, answer, codes, what is emitted, schemas', async (t) => {
    const { page, main, leave, app } = await openRich(t);
    const contract = app.contract();
    for (const { name } of [...contract.namespaces.flatMap(({ events }) => events), ...contract.emits]) {
      await page.locator('nav').getByRole('link', { name, exact: true }).first().waitFor();
    }
    await shows(page, 'main .lead', 'Orders pieces.');
    await shows(page, 'main dl', 'out_of_stock');
    await main.getByText('JSON Schema').click();
    await shows(page, 'main details pre', '"#/schemas/Piece"');
    await main.getByRole('link', { name: 'Receipt' }).click();
    await shows(page, 'main h2', 'Receipt');
    await shows(page, 'main pre', '"total"');
    await page.goBack();
    await main.getByRole('link', { name: 'ordered' }).click();
    await shows(page, 'main dl', 'Receipt');
    await goTo(page, 'size');
    await shows(page, 'main .badge', 'Deprecated: use order');
    await goTo(page, 'moved');
    await shows(page, 'main dl', /1\s*Piece\[\]\s*2\s*number/);
    await goTo(page, 'ready');
    await shows(page, 'main', 'may ask for an acknowledgement');
    await goTo(page, 'Error codes');
    for (const { code } of contract.codes) await shows(page, 'main dt', code);
    await goTo(page, '/orders');
    await shows(page, 'main dl', 'Credentials');
    await shows(page, 'main dl', 'query version');
    await page.getByLabel('Search events').fill('who');
    await shows(page, '#search-count', '1 found');
    assert.deepEqual(await page.locator('nav li:visible').allTextContents(), ['whoami']);
    await leave();
  });

  it("says what is missing if Socket.IO's client is not served, or does not speak the parser", async (t) => {
    const silent = await open(t, rich.controllers, { serveClient: false });
    await shows(silent.page, '#playground', 'serveClient: false');
    await shows(silent.page, 'main .failure', 'serveClient: false');
    await shows(silent.page, 'main dl', 'out_of_stock');
    await silent.leave();
    const parser = (await import('socket.io-msgpack-parser')) as unknown as AppOptions['parser'];
    const foreign = await open(t, rich.controllers, { parser });
    await shows(foreign.page, '#playground', '`parser`');
    await foreign.leave();
  });

  it('connects on other paths and transports', async (t) => {
    const options = { path: '/deep/ws', transports: ['websocket'], docs: { path: '/help/book' } } as const;
    const running = await start(t, rich.controllers, { ...options, transports: ['websocket'] });
    const { page, leave } = await visit(`${running.url}/help/book#/event/%2Forders/sum`);
    await withToken(page);
    await shows(page, '#connections .status', 'connected over websocket');
    await page.getByRole('button', { name: 'Copy as client code' }).click();
    await shows(page, '.copied', "path: '/deep/ws'");
    await leave();
  });

  it('keeps up with a flood, keeps the newest, and can be paused', async (t) => {
    @Namespace('/flood')
    class Flood {
      @On() begin(count: number, socket: Socket) {
        for (let n = 1; n <= count; n++) socket.emit('drop', n, 'x'.repeat(50));
      }
    }
    const { page, main, leave } = await open(t, [Flood], {});
    await connectWith(page, async () => {});
    await main.getByLabel('Argument 1').fill('3000');
    await send(main);
    await shows(page, '#feed .entry', 'drop 3000');
    assert.equal(await page.locator('#feed .entry').count(), 500);
    await page.getByLabel('pause').check();
    await main.getByLabel('Argument 1').fill('2');
    await send(main);
    await shows(page, '#feed-count', '4 waiting');
    await page.getByLabel('pause').uncheck();
    await shows(page, '#feed .entry:last-child', 'begin');
    await page.getByLabel('Filter the feed').fill('drop 2999');
    await shows(page, '#feed-count', '1 of 500');
    await leave();
  });
});

const hostile = [
  '<script>window.hacked = 1</script>',
  '"><img src=x onerror="window.hacked = 1">',
  "'-alert(1)-'",
  '</pre></code></script><svg onload=window.hacked=1>',
  '{{7*7}}${7*7}',
  '__proto__',
  'constructor',
  'toString',
  '../../x?y#z',
  '%3Cb%3E%',
  '\u202eevil\u0000',
];

class Odd {
  @IsOptional() @IsString() plain?: string;
}
for (const name of hostile.filter((each) => !Object.hasOwn(Object.prototype, each))) {
  IsOptional()(Odd.prototype, name);
  IsString()(Odd.prototype, name);
}

@Namespace('/hostile')
class Hostile {
  @On('plain', { summary: hostile[0]!, deprecated: hostile[1]!, throws: hostile })
  plain(odd: Odd, socket: Socket) {
    socket.emit(hostile[0]!, hostile, { [hostile[1]!]: hostile[3] });
    if (odd.plain === 'throw') throw new EventError(hostile[1]!, hostile[0]!, { details: hostile });
    return { [hostile[0]!]: hostile[1] };
  }
}

describe('text of the application', { skip: skipPages, timeout: 60_000 }, () => {
  it('is never HTML, whatever it has in it: names, descriptions, values, errors', async (t) => {
    const emits = Object.fromEntries(hostile.map((name) => [name, [Array, Object]] as const));
    const { page, main, leave, app } = await open(t, [Hostile], { emits });
    for (const [index, name] of hostile.entries()) {
      app.on('/hostile', `${name} ${index}`, () => name, { summary: name, throws: [name] });
    }
    await page.reload();
    await connectWith(page, async () => {});
    for (const fill of ['', 'throw']) {
      await main.getByLabel('plain', { exact: true }).fill(fill);
      await send(main);
      await main.locator('.answer:not([hidden])').waitFor();
      for (const button of ['Copy as client code', 'Copy as a test']) {
        await page.getByRole('button', { name: button }).click();
        await shows(page, '.copied', 'import');
      }
    }
    await shows(page, 'main .failure', hostile[0]!);
    await shows(page, '#feed .received', hostile[0]!);
    const links = page.locator('nav a');
    for (let index = 0; index < (await links.count()); index++) {
      const link = links.nth(index);
      const title = (await link.textContent())!;
      await link.click();
      await shows(page, 'main h2', title);
    }
    const found = await page.evaluate('[typeof window.hacked, document.scripts.length, document.images.length]');
    assert.deepEqual(found, ['undefined', 1, 1]);
    assert.equal(await page.locator('svg, iframe, object, [onerror], [onload], [style*=url]').count(), 0);
    await leave();
  });

  it('is nothing in the address either', async (t) => {
    const { page, leave } = await open(t, [Hostile], {});
    for (const hash of hostile) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await shows(page, 'main h2', 'Not found');
      const name = encodeURIComponent(hash);
      await page.evaluate(`location.hash = ${JSON.stringify(`#/event/${name}/${name}`)}`);
      await shows(page, 'main h2', 'Not found');
    }
    assert.equal(await page.evaluate('window.hacked'), undefined);
    await leave();
  });

  it('leads to the recording, and from a call that failed inside to what its socket did until then', async (t) => {
    @Namespace('/failing')
    class Failing {
      @On() fail(): void {
        throw new Error('kept inside');
      }
    }
    const { page, main, app, leave } = await open(t, [Failing], { recorder: {} }, '#/event/%2Ffailing/fail');
    await connectWith(page, async () => undefined);
    await send(main);
    const link = main.getByRole('link', { name: 'Recording up to this call' });
    await link.waitFor();
    for (const each of [page.getByRole('link', { name: 'Recording', exact: true }), link]) {
      const [download] = await Promise.all([page.waitForEvent('download'), each.click()]);
      const recording = JSON.parse(readFileSync(await download.path(), 'utf8')) as ReturnType<typeof app.recorder.dump>;
      assert.deepEqual(recording.entries, JSON.parse(JSON.stringify(app.recorder.dump().entries)));
    }
    await leave();
  });

  it('has no link to a recording if nothing is recorded', async (t) => {
    const { page, leave } = await open(t, rich.controllers, { emits: rich.emits });
    assert.equal(await page.locator('#recording').isVisible(), false);
    await leave();
  });
});
