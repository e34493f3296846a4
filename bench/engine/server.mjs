/**
 * The measured process: plain Socket.IO with one engine, and the same handlers whatever the engine.
 * `node server.mjs <engine>`; `stock` touches nothing, other names are those of `chooseEngine` or of variants.mjs.
 * Answers over IPC: 'cpu' (µs of user + system time so far), 'writes' (system calls that wrote to a TCP socket since counting began).
 */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { chooseEngine } from '../../dist/server/engine/index.js';
import { variants } from './variants.mjs';

const HANDLERS = 50;
const engine = process.argv[2];

/** Socket.IO's options, and what is to be done once it is attached. */
function load() {
  if (engine === 'stock') return { serverOptions: {}, attach() {} };
  if (Object.hasOwn(variants, engine)) return { serverOptions: variants[engine](), attach() {} };
  return chooseEngine(engine);
}

const loaded = load();
const http = createServer();
const io = new Server(http, { serveClient: false, pingInterval: 3_600_000, ...loaded.serverOptions });
loaded.attach(io.engine);
const namespace = io.of('/bench');
namespace.on('connection', (socket) => {
  for (let i = 0; i < HANDLERS; i++) socket.on(`other-${i}`, () => {});
  socket.on('echo', (value, ack) => ack(value));
  socket.on('shout', (times, text) => {
    for (let i = 0; i < times; i++) namespace.emit('said', text);
  });
});

let writes = 0;
/** Wraps the write methods of the TCP handle, so it costs time: never on while CPU is measured. */
function countWrites(handle) {
  let methods = Object.getPrototypeOf(handle);
  while (!Object.hasOwn(methods, 'writev')) methods = Object.getPrototypeOf(methods);
  for (const name of ['writev', 'writeBuffer', 'writeUtf8String', 'writeLatin1String', 'writeAsciiString']) {
    const write = methods[name];
    methods[name] = function (...args) {
      writes++;
      return write.apply(this, args);
    };
  }
}

process.on('message', (question) => {
  if (question === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send(user + system);
  } else if (question === 'count') {
    http.prependOnceListener('connection', (socket) => countWrites(socket._handle));
    process.send(0);
  } else if (question === 'writes') {
    process.send(writes);
  }
});
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
