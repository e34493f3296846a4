/** A bundle: several messages in the piece of one frame, each after its length. */

/** Bytes before each message. */
const LENGTH = 4;

/** The bytes that a message takes in a bundle. */
export function bundledSize(body: Buffer): number {
  return LENGTH + body.length;
}

/** Writes the messages into a frame, from this byte on. */
export function writeBundle(frame: Buffer, start: number, bodies: readonly Buffer[]): void {
  let at = start;
  for (const body of bodies) {
    at = frame.writeUInt32BE(body.length, at);
    at += body.copy(frame, at);
  }
}

/** How many messages a bundle says that it holds; what is cut off counts too. */
export function bundledCount(piece: Buffer): number {
  let count = 0;
  for (let at = 0; at + LENGTH <= piece.length; at += LENGTH + piece.readUInt32BE(at)) count++;
  return Math.max(1, count);
}

/**
 * Reads the messages of a bundle.
 * @throws RangeError when one is cut off
 */
export function readBundle(piece: Buffer): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < piece.length;) {
    const start = at + LENGTH;
    at = start + piece.readUInt32BE(at);
    if (at > piece.length) throw new RangeError('a message is cut off');
    bodies.push(piece.subarray(start, at));
  }
  return bodies;
}
