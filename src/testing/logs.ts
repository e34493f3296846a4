/** A logger that keeps its lines for the test. */
import type { Logger, LogMethod } from '../base/log.js';

/** One line that was logged. */
export interface LogEntry {
  readonly level: keyof Logger;
  readonly message: string;
  /** The facts beside the message; `err` is the thrown error. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Writes nothing, and remembers everything. */
export function recordingLogger(entries: LogEntry[]): Logger {
  const at = (level: keyof Logger): LogMethod => {
    return (first: object | string, message?: string) => {
      const entry =
        typeof first === 'string' ? { message: first, facts: {} } : { message: message ?? '', facts: first };
      entries.push({ level, ...entry } as LogEntry);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
