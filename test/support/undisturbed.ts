/** Things of the whole process that must not happen while a test runs. */
import assert from 'node:assert/strict';

/** Fails if something that nobody handled reached the process while the work was done. */
export async function undisturbed(work: () => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  const note = (fault: unknown): void => void faults.push(fault);
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    process.off('unhandledRejection', note);
    for (const listener of before) process.on('unhandledRejection', listener);
  }
  assert.deepEqual(faults, [], 'a rejection was handled by nobody');
}
