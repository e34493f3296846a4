/** The time of a handshake as a text, made once per second: of what Socket.IO does for a new socket, its text costs most. */
import type { Socket } from 'socket.io';

type Handshake = Socket['handshake'];

interface Making {
  buildHandshake: (this: Socket, auth: Handshake['auth']) => Handshake;
}

/** What Socket.IO 4.8 tells of a handshake, and how it makes the time; another version, or a method of the user's own, stays. */
const KNOWN = 'headers,time,address,xdomain,secure,issued,url,query,auth';
const KNOWN_TIME = 'new Date() + ""';

const prepared = new WeakSet<object>();

/** Has the sockets of a class that are made from now on share it. */
export function shareTimes(socket: Socket): void {
  const prototype = Object.getPrototypeOf(socket) as Making;
  if (prepared.has(prototype)) return;
  prepared.add(prototype);
  const isKnown = Object.keys(socket.handshake).toString() === KNOWN;
  if (isKnown && String(prototype.buildHandshake).includes(KNOWN_TIME)) prototype.buildHandshake = buildHandshake;
}

/** Replaces `buildHandshake` of a socket, with the same result. */
function buildHandshake(this: Socket, auth: Handshake['auth']): Handshake {
  const request = this.request as Request | undefined;
  const issued = Date.now();
  return {
    headers: request?.headers ?? {},
    time: textOf(issued),
    address: this.conn.remoteAddress,
    xdomain: Boolean(request?.headers.origin),
    secure: !request || Boolean(request.connection.encrypted),
    issued,
    url: request?.url as string,
    query: request?._query ?? {},
    auth,
  };
}

type Request = Omit<Socket['request'], 'connection'> & {
  readonly connection: { readonly encrypted?: boolean };
  readonly _query?: Handshake['query'];
};

let second = NaN;
let text = '';

function textOf(time: number): string {
  const now = Math.floor(time / 1000);
  if (now !== second) {
    second = now;
    text = String(new Date(time));
  }
  return text;
}
