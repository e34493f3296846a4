import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { shows, skipPages, visit } from './browser.js';
import { connect, type Failure, type SampleClient } from './client.js';
import { RunningSample } from './sample.js';

interface Response {
  readonly data: string;
  readonly count: number;
  readonly rooms?: string[];
}

const run = promisify(execFile);
const hasPython = spawnSync('/usr/bin/python3', ['-c', 'import socketio, aiohttp']).status === 0;
const skipPython = hasPython || process.env['CI'] === 'true' ? false : 'there is no python3-socketio';

const response = (client: SampleClient): Promise<Response> => client.next('my_response');

describe('the echo sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('01-echo');
  });
  after(() => sample.stop());

  for (const transport of ['polling', 'websocket']) {
    it(`greets, echoes and counts over ${transport}`, async () => {
      const client = await connect(`${sample.url}/test`, { transports: [transport] });
      assert.deepEqual(await response(client), { data: 'Connected', count: 0 });
      assert.equal(await client.call('my_event', { data: 'one' }), undefined);
      assert.deepEqual(await response(client), { data: 'one', count: 1 });
      await client.call('my_event', { data: 'two' });
      assert.deepEqual(await response(client), { data: 'two', count: 2 });
      client.leave();
    });
  }

  it('says what is wrong with a payload, and echoes nothing', async () => {
    const client = await connect(`${sample.url}/test`);
    await response(client);
    const { error } = await client.call<Failure>('my_event', { data: '' });
    assert.equal(error.code, 'invalid');
    await client.call('my_ping');
    assert.deepEqual(client.left('my_response'), []);
    client.leave();
  });

  it('lets a room hear what is sent to it, and empties it when it is closed', async () => {
    const [a, b] = await Promise.all([connect(`${sample.url}/test`), connect(`${sample.url}/test`)]);
    for (const client of [a, b]) {
      await response(client);
      await client.call('join', { room: 'green' });
      assert.deepEqual((await response(client)).rooms, ['green']);
    }
    await a.call('my_room_event', { room: 'green', data: 'hello' });
    for (const client of [a, b]) assert.deepEqual(await response(client), { data: 'hello', count: 2 });
    await b.call('close_room', { room: 'green' });
    assert.match((await response(a)).data, /closing/);
    assert.deepEqual((await response(a)).rooms, []);
    const { error } = await a.call<Failure>('close_room', { room: b.socket.id });
    assert.equal(error.code, 'not_in_room');
    a.leave();
    b.leave();
  });

  it('answers a ping as the page of Flask-SocketIO expects, with an event too', async () => {
    const client = await connect(`${sample.url}/test`);
    client.socket.emit('my_ping');
    await client.next('my_pong');
    client.leave();
  });

  it('serves a client in another language', { skip: skipPython }, async () => {
    const script = fileURLToPath(new URL('../../../test/samples/echo_client.py', import.meta.url));
    const { stdout } = await run('/usr/bin/python3', [script, sample.url]);
    assert.deepEqual(JSON.parse(stdout), [
      { data: 'Connected', count: 0 },
      { data: 'from Python', count: 1 },
      { data: 'In rooms: green', count: 2, rooms: ['green'] },
    ]);
  });

  it('has a page on which every button does what it says', { skip: skipPages }, async () => {
    const [here, there] = await Promise.all([visit(sample.url), visit(sample.url)]);
    const { page } = here;
    await shows(page, '#status', 'Connected over websocket');
    await shows(there.page, '#status', 'Connected');
    await shows(page, '#log', '#0: Connected');
    await page.getByText('The controller: samples/01-echo/echo.controller.ts').click();
    await shows(page, '.source code', "@On('my_ping')");

    await page.getByLabel('Text', { exact: true }).fill('Good morning');
    await page.keyboard.press('Enter');
    await shows(page, '#log [data-kind=received]', '#1: Good morning');
    await page.getByRole('button', { name: 'Broadcast' }).click();
    await shows(there.page, '#log [data-kind=received]', '#2: Good morning');
    await page.getByLabel('Text', { exact: true }).fill('');
    await page.keyboard.press('Enter');
    await shows(page, '#log [data-kind=error]', 'Payload validation failed');

    for (const each of [page, there.page]) await each.getByRole('button', { name: 'Join' }).click();
    await shows(page, '#joined li', 'lobby');
    await shows(there.page, '#joined li', 'lobby');
    await page.getByLabel('Text for the room').press('Enter');
    await shows(there.page, '#log [data-kind=received]', 'Hello, room');
    await there.page.getByRole('button', { name: 'Close' }).click();
    await shows(page, '#log [data-kind=received]', 'Room lobby is closing');
    await page.locator('#joined li').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Join' }).click();
    await shows(page, '#joined li', 'lobby');
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.locator('#joined li').waitFor({ state: 'detached' });

    await shows(page, '#latency', /^\d+\.\d ms$/);
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await shows(page, '#log', 'Disconnected!');
    await shows(page, '#status', 'Disconnected: io server disconnect');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await shows(page, '#status', 'Connected');
    await here.leave();
    await there.leave();
  });
});
