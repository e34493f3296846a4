/** The logger of the application; the only importer of pino, which is not loaded if the user brings a logger. */

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
export async function createLogger(level: 'debug' | 'info'): Promise<Logger> {
  const { pino } = await import('pino');
  const logger: Logger = pino({ level }, process.stdout.isTTY ? await forPeople() : pino.destination(1));
  return logger;
}

async function forPeople(): Promise<NodeJS.WritableStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' });
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

/** The logger of one call: the application's, with the facts of the call in each line. */
export interface CallLogger extends Logger {
  /** Adds fields of your own to all later lines of the call, those of the framework too. */
  setBindings(fields: object): void;
}

/** Returns a logger whose lines begin with these facts. */
export function callLogger(log: Logger, facts: object): CallLogger {
  let bindings = facts;
  const bound =
    (level: keyof Logger): LogMethod =>
    (...[first, message]: [object | string, string?]) => {
      if (typeof first === 'string') log[level](bindings, first);
      else log[level]({ ...bindings, ...(first instanceof Error ? { err: first } : first) }, message);
    };
  return {
    debug: bound('debug'),
    info: bound('info'),
    warn: bound('warn'),
    error: bound('error'),
    setBindings: (fields) => void (bindings = { ...bindings, ...fields }),
  };
}

/** An event's name for a log line: it is the client's text, so it is cut. */
export function eventName(name: unknown): string {
  const text = String(name);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
