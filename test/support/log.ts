/** A logger that remembers, so that a test can look for what an operator would look for. */
import type { Logger } from '../../src/index.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface RecordingLog extends Logger {
  readonly lines: readonly LogLine[];
  /** The lines of one level. */
  at(level: LogLine['level']): LogLine[];
  /** The one line whose facts have this value. */
  find(fact: string, value: unknown): LogLine | undefined;
}

export function recordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const method =
    (level: LogLine['level']) =>
    (facts: object | string, message = ''): void => {
      if (typeof facts === 'string') lines.push({ level, message: facts, facts: {} });
      else lines.push({ level, message, facts: facts as Record<string, unknown> });
    };
  return {
    lines,
    at: (level) => lines.filter((line) => line.level === level),
    find: (fact, value) => lines.find(({ facts }) => facts[fact] === value),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
  };
}
