/** A program whose `colloquy dev` was killed has nobody who would stop it: it would keep its port. */

/** Milliseconds between two looks at the parent. */
const ROUND = 500;

/** Sends this process SIGTERM when its parent is gone, again and again until it ends. It keeps no program alive. */
export function endWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, ROUND);
  timer.unref();
}
