import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { check, checkOrder } from '../plain/check.js';
import { announce } from '../shared/control.js';

/** A frame of text as Latin-1; the benchmark's texts are ASCII. */
const frame = (text: string): string =>
  (text.length < 126
    ? String.fromCharCode(0x81, text.length)
    : String.fromCharCode(0x81, 126, text.length >> 8, text.length & 255)) + text;

const rejection = (issues: unknown): object => ({
  error: { code: 'invalid', message: 'The payload does not fit.', issues },
});

const members = new Set<Duplex>();

function broadcast(count: number): void {
  let news = '';
  for (let i = 0; i < count; i++) news += frame(`42/bench,["news",{"text":"hello","i":${i}}]`);
  const bytes = Buffer.from(news, 'latin1');
  for (const member of members) member.write(bytes);
}

function answerTo(event: string, value: unknown): unknown {
  if (event === 'say') {
    const said = check(value);
    return 'issues' in said ? rejection(said.issues) : { ok: true, n: said.n };
  }
  if (event === 'order') {
    const order = checkOrder(value);
    return 'issues' in order ? rejection(order.issues) : { ok: true, count: order.count };
  }
  if (event === 'broadcast') broadcast(value as number);
  return value;
}

/** What goes out for one packet, `42/bench,17["say",{…}]` or `40/bench,{…}`. */
function handle(socket: Duplex, packet: string): string {
  const comma = packet.indexOf(',');
  if (packet.startsWith('42')) {
    const bracket = packet.indexOf('[', comma);
    const [event, value] = JSON.parse(packet.slice(bracket)) as [string, unknown];
    return frame(`43${packet.slice(2, bracket)}[${JSON.stringify(answerTo(event, value))}]`);
  }
  if (!packet.startsWith('40')) return '';
  members.add(socket);
  return frame(`${packet.slice(0, comma + 1)}{"sid":"0"}`);
}

/** Reads the whole frames of a chunk, and writes what they cause at once; gives what is left. */
function read(socket: Duplex, chunk: Buffer): Buffer {
  let answers = '';
  let at = 0;
  while (at + 2 <= chunk.length) {
    const short = chunk[at + 1]! & 127;
    const start = at + (short === 126 ? 8 : 6);
    const end = start + (short === 126 ? chunk.readUInt16BE(at + 2) : short);
    if (end > chunk.length) break;
    for (let i = start; i < end; i++) chunk[i]! ^= chunk[start - 4 + ((i - start) & 3)]!;
    answers += handle(socket, chunk.toString('latin1', start, end));
    at = end;
  }
  if (answers !== '') socket.write(answers, 'latin1');
  return chunk.subarray(at);
}

const http = createServer().on('upgrade', (request, socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
  socket.write(head + frame('0{"sid":"0","upgrades":[],"pingInterval":25000,"pingTimeout":20000}'), 'latin1');
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => (rest = read(socket, rest.length ? Buffer.concat([rest, chunk]) : chunk)));
  socket.on('end', () => socket.end());
  socket.on('error', () => {}).on('close', () => members.delete(socket));
});
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port));
