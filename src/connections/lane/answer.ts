/** The answer to an event of the fast lane: one text, made from the values without a packet. */
import type { Socket } from 'socket.io';
import type { AckFunction } from '../../base/context.js';
import { InvalidPayloadAnswer } from '../known-failures.js';
import { internalsOf, packetType, type SocketInternals } from '../internals.js';
import { isSentUnwatched, sendingKey, tellSent, type LaneConnection } from './unwatched.js';

/** Makes the function that answers an event, as Socket.IO makes it: it answers once. */
export function answerer(socket: Socket, id: number): AckFunction {
  let isSent = false;
  return (...values) => {
    if (isSent) return;
    send(socket, id, values);
    isSent = true;
  };
}

function send(socket: Socket, id: number, values: unknown[]): void {
  const internals = internalsOf(socket);
  const conn = socket.conn as unknown as LaneConnection;
  const stock = Object.getPrototypeOf(socket) as SocketInternals;
  const sending = conn[sendingKey];
  const json = sending && isSentUnwatched(internals, stock, conn) ? jsonOf(values) : undefined;
  if (json === undefined) return internals.packet({ id, type: packetType.ack, data: values });
  const { name } = socket.nsp;
  const text = `3${name === '/' ? '' : `${name},`}${id}${json}`;
  tellSent(conn, text);
  sending!.sendText(conn as never, text);
}

/** The JSON of an answer; `undefined` if Socket.IO's encoder is to make it. One value is encoded faster than a list of one. */
function jsonOf(values: unknown[]): string | undefined {
  const [value] = values;
  if (values.length !== 1) return values.every(isText) ? JSON.stringify(values) : undefined;
  const known = value instanceof InvalidPayloadAnswer ? value.json() : undefined;
  if (known !== undefined) return `[${known}]`;
  return isText(value) ? `[${(JSON.stringify(value) as string | undefined) ?? 'null'}]` : undefined;
}

/** What is nested deeper may be a circle. */
const MOST_NESTED = 64;

/** Whether nothing in a value would be sent as an attachment: what Socket.IO's encoder asks. Who has a `toJSON` is asked there. */
function isText(value: unknown): boolean {
  return typeof value !== 'object' || value === null || holdsText(value, MOST_NESTED);
}

function holdsText(value: object, nested: number): boolean {
  if (nested === 0) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === 'object' && item !== null && !holdsText(item, nested - 1)) return false;
    }
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null && isBytes(value)) || 'toJSON' in value) return false;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item !== 'object' || item === null || !Object.hasOwn(value, key)) continue;
    if (!holdsText(item, nested - 1)) return false;
  }
  return true;
}

/** `File` is a `Blob`. */
function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob;
}
