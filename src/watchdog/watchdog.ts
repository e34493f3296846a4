/** Names the handler that blocks the event loop. Costs a thread, and nothing on the way of a message. */
import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../log.js';
import type { Frame, FromThread, WatchOptions } from './messages.js';

/** Milliseconds, where `watchdog: true` is said. */
export const usualBlockTime = 200;

/**
 * Watches the event loop until the function that it gives is called.
 *
 * @param time milliseconds of blocking that are worth a log line
 * @param handlers the handlers' names, `Class.method`, to be found in the stack
 */
export function watchEventLoop(time: number, handlers: () => ReadonlySet<string>, log: Logger): () => Promise<void> {
  if (debuggerUrl() !== undefined) {
    log.info('a debugger is attached, so the event loop is not watched');
    return async () => {};
  }
  const workerData: WatchOptions = { time };
  const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData, execArgv: [], env: {} });
  thread.unref();
  thread.on('error', (err) => log.warn({ err }, 'the event loop is not watched any more'));
  thread.on('message', (message: FromThread) => {
    if (typeof message === 'string') thread.postMessage('yes');
    else report(message.ms, message.stack, handlers(), log);
  });
  return async () => void (await thread.terminate());
}

function report(ms: number, stack: readonly Frame[], handlers: ReadonlySet<string>, log: Logger): void {
  const handler = stack.find(({ name }) => handlers.has(name))?.name;
  const [innermost] = stack;
  const facts = { ms, ...(handler === undefined ? {} : { handler }), in: innermost?.name, at: innermost?.at };
  log.warn(facts, `the event loop was blocked for ${ms} ms by ${handler ?? innermost?.name ?? 'native code'}`);
}
