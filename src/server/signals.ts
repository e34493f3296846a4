/** Ends the process in order when it is asked to. */
import type { Logger } from '../base/log.js';

const signals = ['SIGTERM', 'SIGINT'] as const;

/** Closes on the first signal and exits with 0; a second one ends the process at once. Returns the function that stops listening. */
export function handleSignals(close: () => Promise<void>, log: Logger): () => void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    log.info(`${signal}: answering what runs, then stopping`);
    close().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'the application could not be closed in order');
        process.exit(1);
      },
    );
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    if (!asked) for (const signal of signals) process.off(signal, onSignal);
  };
}
