/** One headless Chromium for the pages of all samples. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { chromium, type Browser, type Page, type Request } from 'playwright-core';

const EXECUTABLE_PATH = '/usr/bin/chromium';

/** Why pages cannot be tested here; `false` where they can. In CI they must be, so that nothing is skipped there. */
export const skipPages: string | false =
  existsSync(EXECUTABLE_PATH) || process.env['CI'] === 'true' ? false : `there is no ${EXECUTABLE_PATH}`;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | undefined;

after(async () => (await browser)?.close());

/** A page, and what went wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Closes the page. Fails where it wrote an error to its console, threw, or could not load something. */
  leave(): Promise<void>;
}

/**
 * Opens an address in a profile of its own, as another visitor would.
 *
 * @param prepare is given the page before it loads anything
 */
export async function visit(url: string, prepare?: (page: Page) => Promise<unknown>): Promise<Visit> {
  browser ??= chromium.launch({ executablePath: EXECUTABLE_PATH, args: flags });
  const context = await (await browser).newContext();
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`thrown: ${String(error)}`));
  let documents = 0;
  const documentOf = new WeakMap<Request, number>();
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) documents++;
    documentOf.set(request, documents);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // Who goes to another page takes back what the last one still asked for.
    const isLeft = reason === 'net::ERR_ABORTED' && documentOf.get(request) !== documents;
    if (!isLeft) problems.push(`failed: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  await prepare?.(page);
  await page.goto(url);
  return {
    page,
    async leave() {
      const found = [...problems];
      await context.close();
      assert.deepEqual(found, [], 'the page is not clean');
    },
  };
}

/** Resolves when the element shows the text. */
export async function shows(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}
