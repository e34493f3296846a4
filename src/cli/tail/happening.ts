/** What a program under `colloquy dev` tells of its events: one line of JSON each. */

interface At {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly namespace: string;
  /** The socket's id. */
  readonly socket: string;
}

/** A client's event has come; its handler begins, or it is refused. */
export interface Received extends At {
  readonly type: 'received';
  /** Joins it with its end. */
  readonly id: string;
  readonly event: string;
  readonly handler: string;
  readonly arguments: readonly unknown[];
}

/** Its end, with the values of the acknowledgement if the client asked for one. */
export interface Ended extends At {
  readonly type: 'answered' | 'failed';
  readonly id: string;
  readonly event: string;
  readonly handler: string;
  /** `answered`, `no_answer`, `failed`, `timed_out`, …, as in the channel `colloquy:call`. */
  readonly outcome: string;
  readonly code?: string;
  /** The message of the error behind a failure, which the client is not told. */
  readonly error?: string;
  readonly answer?: readonly unknown[];
  /** Milliseconds. */
  readonly duration: number;
}

/** The application emits: to one socket, to rooms, or to the whole namespace. */
export interface Emitted extends Omit<At, 'socket'> {
  readonly type: 'emitted';
  readonly event: string;
  readonly socket?: string;
  readonly rooms: readonly string[];
  readonly arguments: readonly unknown[];
}

/** A client is let in, turned away, or has left. */
export interface Moved extends At {
  readonly type: 'connected' | 'refused' | 'left';
  readonly transport: string;
  /** The code of a refusal, or Socket.IO's reason of a disconnection. */
  readonly reason?: string;
}

/** Lines that were left out because they were not read fast enough. */
export interface Dropped {
  readonly type: 'dropped';
  readonly lines: number;
}

/** A program began to tell: the first one, or another after a restart. */
export interface Begun {
  readonly type: 'started';
  readonly pid: number;
}

export type Happening = Received | Ended | Emitted | Moved | Dropped | Begun;

/** What the two kinds of clients of the socket say first. */
export type Hello = { readonly role: 'program'; readonly pid: number } | { readonly role: 'reader' };
