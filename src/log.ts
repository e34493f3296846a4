/** What the framework says to the operator; the only importer of pino. */
import { pino } from 'pino';
import pretty from 'pino-pretty';

/** Writes one line: facts first, then a sentence. pino's own shape, so a pino logger is one. */
export interface LogMethod {
  (facts: object, message?: string): void;
  (message: string): void;
}

/** A logger; pino, and whatever has its four methods. Payloads and credentials are never handed to it. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** Logs to standard output: sentences in a terminal, one JSON object a line elsewhere. */
export function createLogger(level: 'debug' | 'info'): Logger {
  const stream = process.stdout.isTTY
    ? pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : undefined;
  return stream ? pino({ level }, stream) : pino({ level });
}

/** Says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The same logger, but a failure of its own ends neither a call nor the process. */
export function guardLogger(log: Logger): Logger {
  const guard =
    (level: keyof Logger): LogMethod =>
    (...line: [object | string, string?]) => {
      try {
        log[level](...(line as [object, string?]));
      } catch {
        // There is no other place to say it.
      }
    };
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
}
