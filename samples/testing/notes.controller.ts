import { IsString, Length } from 'class-validator';
import { Auth, ConnectionRefused, Data, EventError, Namespace, On, OnConnect } from 'colloquy';
import { Socket } from 'socket.io';
import { singleton } from 'tsyringe';

class Credentials {
  @IsString() @Length(3, 40) token!: string;
}

class Note {
  @IsString() @Length(1, 40) board!: string;
  @IsString() @Length(1, 200) text!: string;
}

/** Who may enter; a test puts another one in its place. */
@singleton()
export class Users {
  async nameOf(token: string): Promise<string | undefined> {
    return new Map([['ada-token', 'Ada']]).get(token);
  }
}

/** Says what time it is; a test says so itself. */
@singleton()
export class Clock {
  now(): number {
    return Date.now();
  }
}

/** The notes of all boards; the last one of a board may be changed for a minute. */
@Namespace('/notes')
export class NotesController {
  readonly #boards = new Map<string, { text: string; by: string; at: number }[]>();

  constructor(
    private readonly users: Users,
    private readonly clock: Clock,
  ) {}

  @OnConnect
  async enter(@Auth() { token }: Credentials, socket: Socket) {
    const name = await this.users.nameOf(token);
    if (name === undefined) throw new ConnectionRefused('Who are you?', { code: 'unknown_token' });
    socket.data = { name };
  }

  @On('open')
  async open(board: string, socket: Socket) {
    await socket.join(board);
    return this.#notesOf(board).map(({ text, by }) => ({ text, by }));
  }

  @On('add')
  add({ board, text }: Note, @Data('name') by: string, socket: Socket) {
    const notes = this.#notesOf(board);
    notes.push({ text, by, at: this.clock.now() });
    socket.to(board).emit('added', { board, text, by });
    return notes.length;
  }

  @On('change')
  change({ board, text }: Note, @Data('name') by: string, socket: Socket) {
    const last = this.#notesOf(board).at(-1);
    if (!last) throw new EventError('empty_board', 'There is no note to change.');
    if (last.by !== by || this.clock.now() - last.at > 60_000) {
      throw new EventError('too_late', 'Only your own last note, and only for a minute.');
    }
    last.text = text;
    socket.to(board).emit('changed', { board, text, by });
  }

  #notesOf(board: string) {
    const notes = this.#boards.get(board) ?? [];
    this.#boards.set(board, notes);
    return notes;
  }
}
