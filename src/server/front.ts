/** A handler before all request listeners of an HTTP server, whichever way the server was given. */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Logger } from '../base/log.js';

/** Answers a request and returns `true`, or leaves it to the listeners that were there before. */
export type Front = (request: IncomingMessage, response: ServerResponse) => boolean;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Puts a handler before the listeners that a server has, those of Engine.IO included. A listener that is added later is
 * called for every request too, so both would answer: then the handler answers nothing, and the log says so once.
 */
export function putInFront(server: HttpServer, front: Front, name: string, log: Logger): void {
  const others = server.listeners('request') as Listener[];
  let isWarned = false;
  const hasLater = (): boolean => {
    if (server.listenerCount('request') === 1) return false;
    if (!isWarned) log.warn(`${name} is not served: the HTTP server was given a request listener after Socket.IO`);
    isWarned = true;
    return true;
  };
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hasLater() && front(request, response)) return;
    for (const each of others) each.call(server, request, response);
  });
}
