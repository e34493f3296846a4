/** The same as `start` of `app.ts`, through the project's own test kit: the whole pipeline, and no port. */
import type { TestContext } from 'node:test';
import type { Socket } from 'socket.io-client';
import type { AppOptions } from '../../src/index.js';
import { ConnectError, createTestApp, type ConnectOptions, type TestApp } from '../../src/testing/index.js';
import type { Refusal } from './app.js';
import { recordingLog, type RecordingLog } from './log.js';

export interface Running {
  readonly app: TestApp;
  readonly log: RecordingLog;
  readonly connect: (path?: string, options?: ConnectOptions) => Promise<Socket>;
  readonly refusal: (path?: string, options?: ConnectOptions) => Promise<Refusal>;
}

/** Makes an application of the controllers; it is closed after the test. */
export async function startInMemory(
  t: TestContext,
  controllers: AppOptions['controllers'],
  options?: Omit<AppOptions, 'controllers'>,
): Promise<Running> {
  const log = recordingLog();
  const app = await createTestApp({ logger: log, ...options, controllers });
  // Nothing of the operating system is open: without this, a test that waits for a time limit would end the process.
  const alive = setInterval(() => {}, 60_000);
  t.after(() => {
    clearInterval(alive);
    return app.close();
  });
  return {
    app,
    log,
    connect: async (path, connecting) => (await app.connect(path, connecting)).socket as unknown as Socket,
    refusal: async (path, connecting) => {
      const error = await app.connect(path, connecting).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof ConnectError)) throw new Error('the client was not refused');
      return { message: error.message, data: error.data as NonNullable<Refusal['data']> };
    },
  };
}
