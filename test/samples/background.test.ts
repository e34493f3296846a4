import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { deferred } from '../support/wait.js';
import { shows, skipPages, visit } from './browser.js';
import { connect } from './client.js';
import { RunningSample } from './sample.js';

interface Numbered {
  readonly number: number;
}

interface News extends Numbered {
  readonly loops: number;
  readonly clients: number;
}

interface Load extends Numbered {
  readonly cores: readonly number[];
}

/** Longer than the period of both samples: work that had not stopped would have run in it. */
const ONE_ROUND = 2500;
const ONE_MEASUREMENT = 5_500;

describe('samples with work in the background', { concurrency: true, timeout: 60_000 }, () => {
  describe('push', { concurrency: false }, () => {
    let sample: RunningSample;
    before(async () => {
      sample = await RunningSample.start('push');
    });
    after(() => sample.stop());

    it('adds a loop for every client in the naive way, and has one for all in the right way', async () => {
      const naive = await connect(`${sample.url}/naive`);
      const push = await connect(`${sample.url}/push`);
      const passers = await Promise.all([connect(`${sample.url}/naive`), connect(`${sample.url}/push`)]);
      for (const each of passers) each.leave();
      let news: News;
      do news = await naive.next<News>('news');
      while (news.clients !== 1 || news.loops !== 2);
      for (let old = push.left('news').length; old > 0; old--) await push.next('news');
      // It leaves as soon as news has come: then the next one is a period away.
      do news = await push.next<News>('news');
      while (news.clients !== 1);
      push.leave();
      await setTimeout(ONE_ROUND);
      const again = await connect(`${sample.url}/push`);
      assert.equal((await again.next<News>('news')).number, news.number + 1, 'it went on without a client');
      assert.ok(naive.left('news').length >= 2, 'the loop of a client that has left does not run');
      again.leave();
      naive.leave();
    });

    it('has a page on which both ways can be compared', { skip: skipPages }, async () => {
      const { page, leave } = await visit(sample.url);
      await page.getByRole('button', { name: 'Add' }).click();
      await shows(page, '#push [data-clients]', '2');
      await shows(page, '#push [data-rate]', '1');
      await shows(page, '#naive [data-loops]', /^[2-9]$/);
      await page.getByRole('button', { name: 'Remove' }).click();
      await shows(page, '#push [data-clients]', '1');
      await shows(page, '#naive [data-clients]', '1');
      await shows(page, '#naive [data-rate]', /^[2-9]$/);
      await leave();
    });
  });

  describe('monitor', { concurrency: false }, () => {
    let sample: RunningSample;
    before(async () => {
      sample = await RunningSample.start('monitor');
    });
    after(() => sample.stop());

    it('measures every core as soon as somebody looks, and stops when nobody does', async () => {
      const first = await connect(`${sample.url}/monitor`);
      const load = await first.next<Load>('load', 12_000);
      assert.equal(load.number, 1);
      assert.ok(load.cores.length > 0);
      for (const core of load.cores) assert.ok(core >= 0 && core <= 100, `${core} is no percentage`);
      assert.equal((await first.next<Load>('load', 12_000)).number, 2);
      first.leave();
      await setTimeout(ONE_MEASUREMENT);
      const second = await connect(`${sample.url}/monitor`);
      assert.equal((await second.next<Load>('load', 12_000)).number, 3, 'it went on without a client');
      second.leave();
    });

    it('has a page with a line for each core', { skip: skipPages }, async () => {
      const seen = deferred();
      const { page, leave } = await visit(sample.url, (held) =>
        held.route(/socket\.io\/\?/, (route) => seen.promise.then(() => route.continue())),
      );
      await shows(page, '#chart svg text', 'Measuring …');
      seen.resolve();
      await shows(page, '#points', '2');
      await shows(page, '#chart svg text', 'Core 1');
      await shows(page, '#cores dd', /^\d+ %$/);
      await leave();
    });
  });
});
