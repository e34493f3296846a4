/** What came together is handed over together, and what it causes goes out together, when all of it was handled. */
import { laneKey } from '../../connections/lane/unwatched.js';
import type { EngineSocket } from './ws.js';

/** Sockets whose packets wait for the end of the turn; `true` if there are some. */
const held = new Map<EngineSocket, boolean>();

/** Whether packets of a socket wait for the end of the turn. */
export function isHeld(socket: EngineSocket): boolean {
  return held.has(socket);
}

/** Hands over what came together, and has what it causes go out together. */
export function deliver(socket: EngineSocket, texts: readonly string[]): void {
  const { transport } = socket;
  const isCrowd = texts.length > 1;
  // Packets of an earlier chunk may wait already.
  if (isCrowd && !held.has(socket)) held.set(socket, false);
  try {
    for (let at = 0; at < texts.length; at++) {
      at = socket[laneKey]?.takeRun(texts, at) ?? at;
      if (at < texts.length) transport.onData(texts[at]!);
    }
  } finally {
    if (isCrowd) process.nextTick(releaseSoon, socket);
  }
}

/** Socket.IO handles each packet in a tick of its own, and calls listeners of `socket.on` in another one: this comes after both. */
function releaseSoon(socket: EngineSocket): void {
  process.nextTick(release, socket);
}

function release(socket: EngineSocket): void {
  const waits = held.get(socket);
  held.delete(socket);
  if (!waits) return;
  socket.transport.writable = true;
  socket.flush();
}

/** Keeps the packets of a socket until what came together was handed over; `false` if nothing did. */
export function holdPackets(socket: EngineSocket): boolean {
  const waits = held.get(socket);
  if (waits === undefined) return false;
  if (!waits && socket.transport.writable) {
    // As if the first packet were being written: what is volatile is dropped from here on.
    socket.transport.writable = false;
    held.set(socket, true);
  }
  return true;
}
