import { randomBytes } from 'node:crypto';

/** The request that opens a WebSocket. */
export const upgradeRequest = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

/** WebSocket text frame from client to server (masked, as the protocol asks), with the Engine.IO/Socket.IO packet `text`. */
export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length > 0xffff) throw new RangeError('a frame of the benchmark holds at most 65,535 bytes');
  const mask = randomBytes(4);
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff]);
  for (let i = 0; i < body.length; i++) body[i]! ^= mask[i & 3]!;
  return Buffer.concat([head, mask, body]);
}

/** Gets one whole WebSocket frame: its payload is `data[start, end)`. */
export type OnFrame = (data: Buffer, start: number, end: number) => void;

/**
 * Calls `onFrame` for every whole unmasked frame in `data` and returns the bytes that are left over (the start of a
 * frame whose end has not come yet), or `undefined`.
 */
export function readFrames(data: Buffer, onFrame: OnFrame): Buffer | undefined {
  let at = 0;
  while (at + 2 <= data.length) {
    let length = data[at + 1]! & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (start + 2 > data.length) break;
      length = data.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      if (start + 8 > data.length) break;
      length = Number(data.readBigUInt64BE(start));
      start += 8;
    }
    if (start + length > data.length) break;
    onFrame(data, start, start + length);
    at = start + length;
  }
  return at === data.length ? undefined : data.subarray(at);
}
