/** In `colloquy dev`: takes what its program tells, and hands it to those who read. While nobody reads, the program tells nothing. */
import { unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Begun, Hello } from './happening.js';
import { LineWriter, readLines } from './lines.js';
import { prepareFolder } from './place.js';

export class TailHub {
  readonly #server: Server = createServer((socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  readonly #programs = new Map<Socket, number>();
  readonly #readers = new Map<Socket, LineWriter>();

  constructor(private readonly path: string) {}

  /**
   * Opens the socket.
   * @throws Error if it cannot be opened, or another `colloquy dev` has it
   */
  async open(): Promise<void> {
    prepareFolder(dirname(this.path));
    try {
      await this.#listen();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (await answers(this.path)) throw new Error('another colloquy dev runs it', { cause: error });
      // One that was killed has left it.
      unlinkSync(this.path);
      await this.#listen();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.path, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#forget(socket));
    readLines(socket, (line) => {
      if (this.#programs.has(socket)) this.#spread(line);
      else if (!this.#readers.has(socket)) this.#greet(socket, line);
    });
  }

  #greet(socket: Socket, line: string): void {
    const hello = readHello(line);
    if (!hello) return void socket.destroy();
    if (hello.role === 'program') {
      this.#programs.set(socket, hello.pid);
      if (this.#readers.size > 0) socket.write('tell\n');
      return this.#spread(begun(hello.pid));
    }
    const writer = new LineWriter(socket);
    this.#readers.set(socket, writer);
    for (const [program, pid] of this.#programs) {
      program.write('tell\n');
      writer.write(begun(pid));
    }
  }

  #forget(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#programs.delete(socket);
    if (!this.#readers.delete(socket) || this.#readers.size > 0) return;
    for (const program of this.#programs.keys()) program.write('rest\n');
  }

  #spread(line: string): void {
    for (const reader of this.#readers.values()) reader.write(line);
  }
}

function readHello(line: string): Hello | undefined {
  try {
    const hello = Object(JSON.parse(line)) as Hello;
    return hello.role === 'program' || hello.role === 'reader' ? hello : undefined;
  } catch {
    return undefined;
  }
}

function begun(pid: number): string {
  return JSON.stringify({ type: 'started', pid } satisfies Begun);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
