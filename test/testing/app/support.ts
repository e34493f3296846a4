import { afterEach } from 'node:test';
import { createTestApp, type TestApp, type TestAppOptions } from '../../../src/testing/index.js';

const apps: TestApp[] = [];

/** Makes an application that is closed after the test. */
export async function boot(options: TestAppOptions): Promise<TestApp> {
  const app = await createTestApp(options);
  apps.push(app);
  return app;
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
