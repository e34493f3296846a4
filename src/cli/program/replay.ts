/** A recording, sent to an application of the same options in the test kit. */
import type { AppOptions } from '../../app/options.js';
import type { Dump } from '../../telemetry/recorder/dump.js';
import { replay, type Replay, type ReplayOptions } from '../../telemetry/recorder/replay.js';
import { createTestApp, type TestApp } from '../../testing/app.js';

/** The words of one `app.on(…)`. */
export type AddedFunction = Parameters<TestApp['on']>;

/** Every limit of the rate and of what runs at once: a replay sends faster than its clients did. */
const unlimited = { eventRate: 1_000_000, eventBurst: 1_000_000 } as const;

/**
 * Makes an application, replays a recording to it, and closes it.
 * @param functions what the program has added by `app.on`
 * @throws SetupError if the options are wrong
 */
export async function replayTo(
  options: AppOptions,
  functions: readonly AddedFunction[],
  dump: Dump,
  which: ReplayOptions,
): Promise<Replay> {
  const { recorder: _, adapter: _adapter, ...own } = options;
  const app = await createTestApp({ ...own, signals: false, limits: { ...own.limits, ...unlimited } });
  try {
    for (const words of functions) app.on(...words);
    return await replay(dump, app, which);
  } finally {
    await app.close();
  }
}
