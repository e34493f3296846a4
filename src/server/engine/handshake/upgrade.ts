/**
 * The answer to a request for a WebSocket (RFC 6455, 4.2.2). `ws` makes it of lists and a hash object and writes it by itself; here it is
 * one text, which goes out in one write with the packet that opens the session. Requests that ask for more, and wrong ones, are for `ws`.
 */
import { hash } from 'node:crypto';
import { isDebugged } from '../../../connections/lane/unwatched.js';
import { listenersOf } from '../../../connections/namespaces/listeners.js';
import { hasOwnIds } from './session-ids.js';
import type { EngineServer, RawSocket, UpgradeRequest, UpgradeSocket, WebSocketServer } from '../ws.js';

/** What a server appends to a client's key before it hashes it. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
/** `ws` takes connections. */
const RUNNING = 0;

/** The symbols by which a TCP socket leads to its WebSocket, and a request to the headers of its answer: the packages keep them to themselves. */
interface Symbols {
  readonly webSocket: symbol;
  readonly added: symbol;
}

/** Answers the plain upgrades of an engine. */
export function answerUpgrades(engine: EngineServer): void {
  const upgrade = engine.handleUpgrade.bind(engine);
  let known: WebSocketServer | undefined;
  engine.handleUpgrade = (request, socket, head) => {
    // Engine.IO makes another one when its HTTP server begins to listen.
    if (engine.ws !== known) {
      known = engine.ws;
      if (known && isAsEngineMakesIt(known)) answerPlainOnes(engine, known);
    }
    upgrade(request, socket, head);
  };
}

/** Whether nothing but Engine.IO has a say in the answer; who reads Engine.IO's debug output finds the headers in it. */
function isAsEngineMakesIt(server: WebSocketServer): boolean {
  const { options, clients } = server;
  const { perMessageDeflate, verifyClient, handleProtocols, path } = options;
  const isReplaced = ['handleUpgrade', 'completeUpgrade', 'shouldHandle'].some((name) => Object.hasOwn(server, name));
  const listener = listenersOf(server)['headers'];
  return (
    !(isReplaced || isDebugged() || clients || perMessageDeflate || verifyClient || handleProtocols || path) &&
    typeof listener === 'function' &&
    Function.prototype.toString.call(listener).includes('initial_headers')
  );
}

function answerPlainOnes(engine: EngineServer, server: WebSocketServer): void {
  const { options } = server;
  const stock = server.handleUpgrade.bind(server);
  const listener = listenersOf(server)['headers'];
  let seen: Symbols | undefined;
  let symbols: Symbols | undefined;
  // The first session shows Engine.IO's class of sockets: from then on they send an answer that is held back.
  engine.on('connection', () => (symbols ??= seen));

  server.handleUpgrade = (request, socket, head, done) => {
    const isOurs =
      symbols !== undefined &&
      isPlain(request) &&
      isFree(socket, symbols) &&
      server._state === RUNNING &&
      listenersOf(server)['headers'] === listener;
    if (!isOurs) {
      const added = symbolOf(request, 'responseHeaders');
      return stock(request, socket, head, (webSocket, same) => {
        const upgraded = symbolOf(socket, 'websocket');
        if (upgraded && added) seen = { webSocket: upgraded, added };
        done(webSocket, same);
      });
    }
    const webSocket = new options.WebSocket(null, undefined, options);
    const answer = answerTo(request, headersOf(engine, request, symbols!));
    const opens = opensSession(engine, request);
    // What the client has sent already may be answered, by `ws`, before the session opens.
    const isHeld = opens && head.length === 0 && socket.readableLength === 0 && hold(socket, answer);
    if (!isHeld) {
      if (opens) socket.cork();
      socket.write(answer);
    }
    webSocket.setSocket(socket, head, options);
    done(webSocket, request);
  };
}

/** Whether `ws` would take a request as it is, and the client wants nothing but a WebSocket of today's version. */
function isPlain({ method, headers }: UpgradeRequest): boolean {
  return (
    method === 'GET' &&
    headers.upgrade === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    headers['sec-websocket-protocol'] === undefined &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  );
}

/** Whether a TCP socket is whole, and has no WebSocket yet. */
function isFree(socket: UpgradeSocket, { webSocket }: Symbols): boolean {
  return socket.readable && socket.writable && !(webSocket in socket);
}

/** Tells Engine.IO's listeners, and returns the headers that they want. A property that was deleted would make a dictionary of the request. */
function headersOf(engine: EngineServer, request: UpgradeRequest, { added }: Symbols): Record<string, unknown> {
  const headers = (request[added] ?? {}) as Record<string, unknown>;
  request[added] = undefined;
  isAnswering = true;
  try {
    if (!request._query['sid']) engine.emit('initial_headers', headers, request);
    engine.emit('headers', headers, request);
  } finally {
    isAnswering = false;
  }
  return headers;
}

/** Whether headers are being asked for by this module, which holds answers back itself. */
export let isAnswering = false;

function answerTo({ headers }: UpgradeRequest, added: Record<string, unknown>): string {
  const accept = hash('sha1', headers['sec-websocket-key']! + KEY_SUFFIX, 'base64');
  let text = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
  for (const name of Object.keys(added)) text += `${name}: ${String(added[name])}\r\n`;
  return `${text}\r\n`;
}

/**
 * Whether an upgrade opens a session one microtask later. Engine.IO may refuse the client instead where ids are the user's own or the
 * protocol is an older one.
 */
export function opensSession(engine: EngineServer, { _query: query }: UpgradeRequest): boolean {
  return hasOwnIds(engine) && query['transport'] === 'websocket' && query['EIO'] === '4' && !query['sid'];
}

/** The socket whose answer is held back, and the answer. */
let waiting: UpgradeSocket | undefined;
let held = '';

/** Holds an answer back until its session opens; `false` if it cannot. */
function hold(socket: UpgradeSocket, answer: string): boolean {
  const isTaken = waiting !== undefined && !waiting.destroyed;
  if (isTaken || Buffer.byteLength(answer) !== answer.length) return false;
  waiting = socket;
  held = answer;
  return true;
}

/** Takes the answer that is held back for a TCP socket, to be written first: plain ASCII; empty if there is none. */
export function takeAnswer(socket: RawSocket): string {
  if (waiting !== socket) return '';
  waiting = undefined;
  return held;
}

/** Writes it, if it is still held back. */
export function sendAnswer(socket: RawSocket): void {
  if (waiting === socket) socket.write(takeAnswer(socket), 'latin1');
}

function symbolOf(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(({ description }) => description === name);
}
