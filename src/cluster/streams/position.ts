/** The offset that clients remember. */

/**
 * How far a client has got. What is sent carries it as the offset that Socket.IO's clients remember and show when they
 * come back: all entries of the stream up to `id`, and of the node `uid` all up to its `number`. A node gives its own
 * clients a message before Redis has given it an id, so it takes both to say what was seen.
 */
export interface Position {
  /** Of an entry of the stream: milliseconds and a count, as Redis makes them. */
  readonly id: string;
  readonly uid: string;
  readonly number: number;
}

const FORM = /^(\d{1,16}-\d{1,16})~([\w-]{1,32})~(\d{1,15})$/;

export function formatPosition({ id, uid, number }: Position): string {
  return `${id}~${uid}~${number}`;
}

/** Undefined for what is none: it comes from a client. */
export function parsePosition(text: unknown): Position | undefined {
  const [, id, uid, number] = (typeof text === 'string' && FORM.exec(text)) || [];
  return id && uid ? { id, uid, number: Number(number) } : undefined;
}

/** Negative if the first of two ids comes before the second. */
export function compareIds(one: string, other: string): number {
  return timeOf(one) - timeOf(other) || countOf(one) - countOf(other);
}

/** Milliseconds since 1970 by Redis's clock. */
export function timeOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

function countOf(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}
