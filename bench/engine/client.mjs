/**
 * A Socket.IO client over a bare TCP socket: it writes a burst in one segment and only counts what comes back,
 * so that the server, not the client, is the busy process.
 */
import { connect } from 'node:net';

const UPGRADE = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n');

/** One masked text frame; a mask of zeros leaves the payload as it is. */
export function frame(text) {
  const payload = Buffer.from(text);
  const header = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
  header[0] = 0x81;
  header[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length >= 126) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Frames of a server are not masked: [payload's start, payload's end], or undefined while it is incomplete. */
function nextFrame(buffer, at) {
  if (buffer.length - at < 2) return undefined;
  const short = buffer[at + 1];
  if (short === 126 && buffer.length - at < 4) return undefined;
  if (short === 127) throw new Error('no frame of this bench is that long');
  const start = short === 126 ? at + 4 : at + 2;
  const end = start + (short === 126 ? buffer.readUInt16BE(at + 2) : short);
  return end > buffer.length ? undefined : [start, end];
}

export class Client {
  /** Called for each Socket.IO packet (`43…`, `42…`). */
  onPacket = () => {};
  #rest = Buffer.alloc(0);

  static async connect(port) {
    const client = new Client();
    const socket = (client.socket = connect({ port, host: '127.0.0.1', noDelay: true }));
    await new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', reject);
      socket.write(UPGRADE);
      client.onPacket = resolve; // the answer to '40/bench,'
      socket.once('data', (head) => {
        const end = head.indexOf('\r\n\r\n') + 4;
        socket.on('data', (chunk) => client.#read(chunk));
        if (end < head.length) client.#read(head.subarray(end));
        socket.write(frame('40/bench,'));
      });
    });
    socket.removeAllListeners('close');
    return client;
  }

  #read(chunk) {
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let next = nextFrame(buffer, at); next; next = nextFrame(buffer, at)) {
      at = next[1];
      if (buffer[next[0]] === 0x34) this.onPacket(); // Engine.IO 'message'; the handshake is '0'
    }
    this.#rest = buffer.subarray(at);
  }

  /** Sends `count` events with an acknowledgement each, in one segment; resolves when all are answered. */
  burst(count, payload) {
    const frames = Buffer.concat(Array.from({ length: count }, (_, id) => frame(`42/bench,${id}["echo",${payload}]`)));
    let left = 0;
    let done;
    this.onPacket = () => {
      if (--left === 0) done();
    };
    return () =>
      new Promise((resolve) => {
        left = count;
        done = resolve;
        this.socket.write(frames);
      });
  }

  close() {
    this.socket.destroy();
  }
}
