/** The records of a flight recorder, as plain data: the same as JSON. */

/** A value as it was recorded: what no field allows is a {@link Hidden}, bytes are {@link Bytes}. */
export type Recorded = null | boolean | number | string | readonly Recorded[] | { readonly [key: string]: Recorded };

/** Stands for a value that no field allows. */
export interface Hidden {
  readonly '~hidden': 'string' | 'number' | 'boolean' | 'object' | 'array' | 'bytes' | 'other';
  /** Characters of a string, elements of an array, bytes. */
  readonly length?: number;
}

/** Bytes in base64. */
export interface Bytes {
  readonly '~bytes': string;
}

interface Entry {
  /** Milliseconds since 1970, when it began. */
  readonly at: number;
  /** The socket's id; empty for a client that was turned away before it had a socket. */
  readonly socket: string;
  /** At most 100 characters; empty for a client that was turned away before it asked for one. */
  readonly namespace: string;
}

/** The ending of a call or of a connection. */
export interface RecordedOutcome {
  readonly kind: string;
  readonly code?: string;
  readonly limit?: string;
  /** The name of the class of errors that was thrown; its message is in the log. */
  readonly error?: string;
}

/** A call, once it has ended. */
export interface RecordedCall extends Entry {
  readonly type: 'call';
  /** The id of the answer and of the log lines. */
  readonly id: string;
  /** `event` for messages of clients. */
  readonly kind: string;
  /** The event's name as the client sent it. */
  readonly event: string;
  readonly handler: string;
  /** Whether the client asked for an answer. */
  readonly asks: boolean;
  readonly args: readonly Recorded[];
  readonly outcome: RecordedOutcome;
  /** The values that the client was answered with, if it was. */
  readonly answer?: readonly Recorded[];
  /** Milliseconds. */
  readonly duration: number;
}

/** A client is connected, or was turned away, or has left. */
export interface RecordedConnection extends Entry {
  readonly type: 'connected' | 'refused' | 'left';
  readonly transport: string;
  /** The client's `auth`, as it was sent with the attempt. */
  readonly auth?: Recorded;
  readonly query?: Recorded;
  readonly outcome?: RecordedOutcome;
  /** Socket.IO's reason of a disconnection. */
  readonly reason?: string;
}

export type RecordedEntry = RecordedCall | RecordedConnection;

/** The contents of a recorder at one moment. */
export interface Dump {
  /** The version of the format. */
  readonly recording: 1;
  readonly why: 'asked' | 'signal' | 'crash';
  /** The time, in ISO 8601. */
  readonly at: string;
  /** The error that ended the process. */
  readonly error?: string;
  /** The fields whose values were recorded. */
  readonly fields: readonly string[];
  /** How many earlier entries had no room any more. */
  readonly dropped: number;
  /** In the order in which they ended. */
  readonly entries: readonly RecordedEntry[];
}

/** The entries of a call's socket until the call had ended; `undefined` if the call is not among the entries. */
export function entriesUntil(entries: readonly RecordedEntry[], call: string): readonly RecordedEntry[] | undefined {
  const end = entries.findIndex((entry) => entry.type === 'call' && entry.id === call);
  if (end < 0) return undefined;
  const { socket } = entries[end]!;
  return entries.slice(0, end + 1).filter((entry) => entry.socket === socket);
}
