/** A WebSocket that speaks only when told to: no pong, no reading, no manners. */
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { nextEvent } from './wait.js';

/** Opens an Engine.IO session by hand and enters a namespace; afterwards nothing is said by itself. */
export async function openMute(t: TestContext, url: string, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  t.after(() => socket.terminate());
  await nextEvent(socket, 'message');
  socket.send(`40${path},`);
  await nextEvent(socket, 'message');
  return socket;
}
