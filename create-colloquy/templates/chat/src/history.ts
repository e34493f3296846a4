import { singleton } from 'tsyringe';
import type { Line } from './events.js';

/** The last lines that were said. */
@singleton()
export class History {
  readonly #lines: Line[] = [];

  add(line: Line): Line {
    this.#lines.push(line);
    if (this.#lines.length > 50) this.#lines.shift();
    return line;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }
}
