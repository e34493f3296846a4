/** Lines of JSON over a socket, in bounded memory. */
import type { Socket } from 'node:net';
import type { Dropped } from './happening.js';

/** Bytes that may wait for a slow reader; then lines are left out. */
const MOST_WAITING = 1024 * 1024;

/** Bytes of one line; a longer one ends the connection, since none of ours is. */
const LONGEST_LINE = 1024 * 1024;

/** Calls back with each line that comes. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
    if (rest.length > LONGEST_LINE) socket.destroy();
  });
}

/** Writes lines; what a slow reader does not take is left out, and counted for it. */
export class LineWriter {
  #dropped = 0;

  constructor(private readonly socket: Socket) {
    socket.on('drain', () => this.#tell());
  }

  write(line: string): void {
    if (this.socket.writableLength > MOST_WAITING) this.#dropped++;
    else this.socket.write(`${line}\n`);
  }

  #tell(): void {
    if (this.#dropped === 0) return;
    const dropped: Dropped = { type: 'dropped', lines: this.#dropped };
    this.#dropped = 0;
    this.write(JSON.stringify(dropped));
  }
}
