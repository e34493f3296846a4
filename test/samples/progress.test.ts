import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { shows, skipPages, visit } from './browser.js';
import { connect, type Failure } from './client.js';
import { RunningSample } from './sample.js';

interface Progress {
  readonly percent: number;
}

describe('the progress sample', { timeout: 60_000 }, () => {
  let sample: RunningSample;
  before(async () => {
    sample = await RunningSample.start('progress');
  });
  after(() => sample.stop());

  const jobs = () => connect(`${sample.url}/jobs`);

  it('reports as it goes, and answers the one call when the job is done', async () => {
    const client = await jobs();
    const { primes } = await client.call<{ primes: number }>('start', { limit: 1_000_000 });
    assert.equal(primes, 78_498);
    const reports = client.left('progress') as Progress[];
    assert.deepEqual(
      reports.map(({ percent }) => percent),
      [25, 50, 75, 100],
    );
    client.leave();
  });

  it('stops when it is cancelled, and refuses a second job meanwhile', async () => {
    const client = await jobs();
    const answer = client.call<Failure>('start', { limit: 2_000_000_000 });
    await client.next('progress');
    assert.equal((await client.call<Failure>('start', { limit: 1000 })).error.code, 'job_running');
    await client.call('cancel');
    assert.equal((await answer).error.code, 'cancelled');
    assert.equal((await client.call<{ primes: number }>('start', { limit: 1000 })).primes, 168);
    client.leave();
  });

  it('takes no job that would be too long', async () => {
    const client = await jobs();
    assert.equal((await client.call<Failure>('start', { limit: 4_000_000_000 })).error.code, 'invalid');
    client.leave();
  });

  it('stops when the client has gone', async () => {
    const [client, other] = await Promise.all([jobs(), jobs()]);
    client.socket.emit('start', { limit: 2_000_000_000 });
    assert.equal(await other.next('running'), 1);
    await client.next('progress');
    client.leave();
    assert.equal(await other.next('running'), 0);
    other.leave();
  });

  it('has a page with a bar, and a button that cancels', { skip: skipPages }, async () => {
    const { page, leave } = await visit(sample.url);
    await shows(page, '#status', 'Connected');
    await page.getByLabel('Below').selectOption('10 million');
    await page.getByRole('button', { name: 'Start' }).click();
    await shows(page, '#result', '664,579 primes below 10,000,000');
    await shows(page, '#percent', '100 %');
    await page.getByLabel('Below').selectOption('2 billion');
    await page.getByRole('button', { name: 'Start' }).click();
    await shows(page, '#percent', /[1-9]\d? %/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await shows(page, '#log', 'The job was cancelled.');
    await shows(page, '#result', 'The job was cancelled.');
    await page.getByLabel('Below').selectOption('4000000000');
    await page.getByRole('button', { name: 'Start' }).click();
    await shows(page, '#result', 'Payload validation failed');
    await leave();
  });
});
