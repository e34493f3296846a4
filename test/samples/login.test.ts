import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { nextEvent } from '../support/wait.js';
import { shows, skipPages, visit } from './browser.js';
import { connect } from './client.js';
import { RunningSample } from './sample.js';

type Refusal = Error & { readonly data?: { readonly code?: string } };

const isSignedOut = ({ data }: Refusal): boolean => data?.code === 'signed_out';

describe('the login sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('login');
  });
  after(() => sample.stop());

  const post = (path: string, cookie: string, body = '') =>
    fetch(sample.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });

  async function signIn(name: string, password: string): Promise<{ location: string | null; cookie: string }> {
    const { headers } = await post('/login', '', new URLSearchParams({ name, password }).toString());
    return { location: headers.get('location'), cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  }

  const open = (cookie: string) => connect(`${sample.url}/account`, { extraHeaders: { cookie } });

  it('lets in who has signed in, and knows the session again', async () => {
    const { location, cookie } = await signIn('ada', 'lovelace');
    assert.equal(location, '/');
    const first = await open(cookie);
    assert.deepEqual(await first.next('welcome'), { user: 'ada', visits: 1 });
    assert.deepEqual(await first.call('whoami'), { user: 'ada' });
    const second = await open(cookie);
    assert.deepEqual(await second.next('welcome'), { user: 'ada', visits: 2 });
    first.leave();
    second.leave();
  });

  it('refuses a wrong password, no session, and a cookie that it did not sign', async () => {
    const wrong = await signIn('ada', 'hopper');
    assert.deepEqual(wrong, { location: '/?wrong', cookie: '' });
    await assert.rejects(open(''), isSignedOut);
    const { cookie } = await signIn('ada', 'lovelace');
    await assert.rejects(open(cookie.slice(0, -3) + 'abc'), isSignedOut);
  });

  it('disconnects every window of a session that is signed out', async () => {
    const { cookie } = await signIn('grace', 'hopper');
    const windows = await Promise.all([open(cookie), open(cookie)]);
    const other = await open((await signIn('grace', 'hopper')).cookie);
    const reasons = windows.map(({ socket }) => nextEvent(socket, 'disconnect'));
    await post('/logout', cookie);
    for (const [reason] of await Promise.all(reasons)) assert.equal(reason, 'io server disconnect');
    await assert.rejects(open(cookie), isSignedOut);
    assert.deepEqual(await other.call('whoami'), { user: 'grace' });
    other.leave();
  });

  it('has a page to sign in and out', { skip: skipPages }, async () => {
    const { page, leave } = await visit(sample.url);
    await shows(page, '#status', 'Connection refused');
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('babbage');
    await page.keyboard.press('Enter');
    await shows(page, '#problem', 'not the name and the password');
    await shows(page, '#status', 'Connection refused');
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('lovelace');
    await page.keyboard.press('Enter');
    await shows(page, '#user', 'ada');
    await shows(page, '#status', 'Connected over websocket');
    await page.getByRole('button', { name: 'Who am I?' }).click();
    await shows(page, '#log', 'acknowledgement {"user":"ada"}');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    await shows(page, '#status', 'Connection refused');
    await leave();
  });
});
