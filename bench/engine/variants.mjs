/**
 * Ways to write less often that were tried and not kept; see docs/decisions/one-write-per-turn.md.
 * Each returns Socket.IO's options: a subclass of the very `ws` that Engine.IO uses, with another `sendFrame`.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const fromEngineIo = createRequire(createRequire(require.resolve('socket.io')).resolve('engine.io'));
const ws = fromEngineIo('ws');

function withSendFrame(sendFrame) {
  class WebSocket extends ws.WebSocket {
    setSocket(...args) {
      super.setSocket(...args);
      Object.assign(this._sender, { corked: false, turn: -1, sendFrame });
    }
  }
  class WebSocketServer extends ws.Server {
    constructor(options, listener) {
      super({ ...options, WebSocket }, listener);
    }
  }
  return { wsEngine: WebSocketServer };
}

function write(socket, frame, callback) {
  if (frame.length === 2) socket.write(frame[0]);
  socket.write(frame.at(-1), callback);
}

function uncork(sender) {
  sender.corked = false;
  sender._socket.uncork();
}

const onNextTick = (run, sender) => process.nextTick(run, sender);

function cork(sender, defer = onNextTick) {
  sender.corked = true;
  sender._socket.cork();
  defer(uncork, sender);
}

const firstFrame = (defer) =>
  withSendFrame(function (frame, callback) {
    if (!this.corked) cork(this, defer);
    write(this._socket, frame, callback);
  });

let turn = 0;
let turnEnds = false;
const nextTurn = () => {
  turn++;
  turnEnds = false;
};

export const variants = {
  'first frame, nextTick': () => firstFrame(onNextTick),
  'first frame, microtask': () => firstFrame((run, sender) => queueMicrotask(() => run(sender))),
  'first frame, setImmediate': () => firstFrame(setImmediate),

  'second frame': () =>
    withSendFrame(function (frame, callback) {
      const socket = this._socket;
      if (!this.corked && this.turn === turn) cork(this);
      if (this.corked) {
        write(socket, frame, callback);
        return;
      }
      this.turn = turn;
      if (!turnEnds) process.nextTick(nextTurn);
      turnEnds = true;
      socket.cork();
      write(socket, frame, callback);
      socket.uncork();
    }),

  'sent at once': () =>
    withSendFrame(function (frame, callback) {
      if (!this.corked) cork(this);
      const early = callback !== undefined && this._socket.writableLength < 16_384;
      write(this._socket, frame, early ? undefined : callback);
      if (early) callback();
    }),
};
