/**
 * A message as bytes: the length of a JSON text, the text, then the binary values of the message one after the other.
 * A value arrives at a client of another node exactly as Socket.IO's default parser gives it to a client of this one:
 * JSON, with anything binary taken out and put back in its place.
 */

type Path = (string | number)[];

interface Envelope {
  m: unknown;
  /** The place of each binary value, and its size in bytes. */
  b?: [path: Path, size: number][];
}

/** @throws TypeError or RangeError for what JSON cannot say (a BigInt, a cycle) */
export function encode(message: object): Buffer {
  const binaries: Buffer[] = [];
  const envelope: Envelope = { m: message };
  if (hasBinary(message)) {
    envelope.b = [];
    envelope.m = lift(message, [], (path, bytes) => {
      envelope.b?.push([path, bytes.length]);
      binaries.push(bytes);
    });
  }
  const text = JSON.stringify(envelope);
  const size = Buffer.byteLength(text);
  const head = Buffer.allocUnsafe(4 + size);
  head.writeUInt32BE(size);
  head.write(text, 4);
  return binaries.length > 0 ? Buffer.concat([head, ...binaries]) : head;
}

/** @throws when the bytes are not what {@link encode} makes */
export function decode(bytes: Buffer): object {
  const start = 4 + bytes.readUInt32BE(0);
  const envelope = JSON.parse(bytes.toString('utf8', 4, start)) as Envelope;
  let offset = start;
  for (const [path, size] of envelope.b ?? []) {
    if (!(size >= 0) || offset + size > bytes.length) throw new RangeError('a binary value is cut off');
    put(envelope, path, Buffer.from(bytes.subarray(offset, (offset += size))));
  }
  if (typeof envelope.m !== 'object' || envelope.m === null) throw new TypeError('not a message');
  return envelope.m;
}

function put(envelope: Envelope, path: Path, value: Buffer): void {
  let holder: unknown = envelope;
  let key: string | number = 'm';
  for (const next of path) {
    holder = own(holder, key);
    key = next;
  }
  own(holder, key);
  (holder as Record<string | number, unknown>)[key] = value;
}

function own(holder: unknown, key: string | number): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) throw new TypeError('a bad path');
  return (holder as Record<string | number, unknown>)[key];
}

type Binary = ArrayBuffer | NodeJS.ArrayBufferView;

function isBinary(value: unknown): value is Binary {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function toBuffer(value: Binary): Buffer {
  return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.from(value);
}

function hasBinary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isBinary(value)) return true;
  if (Array.isArray(value)) return value.some(hasBinary);
  for (const key in value) {
    if (Object.hasOwn(value, key) && hasBinary((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

function lift(value: unknown, path: Path, take: (path: Path, bytes: Buffer) => void): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (isBinary(value)) {
    take(path, toBuffer(value));
    return null;
  }
  if (Array.isArray(value)) return value.map((item, index) => lift(item, [...path, index], take));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lift(item, [...path, key], take)]));
}
