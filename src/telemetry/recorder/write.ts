/** Dumps as files: on a signal, and when an error ends the process. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../base/log.js';
import type { RecorderSettings } from './options.js';
import type { Recorder } from './recorder.js';

/** Writes dumps as the options say; returns the function that ends it. */
export function writeDumps(recorder: Recorder, { signal, crash, folder }: RecorderSettings, log: Logger): () => void {
  const write = (why: 'signal' | 'crash', error?: string): void => {
    const file = join(folder, `colloquy-${new Date().toISOString().replaceAll(':', '-')}-${process.pid}.json`);
    try {
      // Whoever waits for the file finds it whole.
      writeFileSync(`${file}.part`, JSON.stringify(recorder.take(why, undefined, error)));
      renameSync(`${file}.part`, file);
      log.info({ file, why }, 'the flight recorder was dumped');
    } catch (err) {
      log.error({ err, file, why }, 'the flight recorder could not be dumped');
    }
  };
  const onSignal = (): void => write('signal');
  // It only watches: the error ends the process as it would have.
  const onCrash = (error: unknown): void => write('crash', error instanceof Error ? error.name : typeof error);
  if (signal) process.on(signal, onSignal);
  if (crash) process.on('uncaughtExceptionMonitor', onCrash);
  return () => {
    if (signal) process.off(signal, onSignal);
    process.off('uncaughtExceptionMonitor', onCrash);
  };
}
