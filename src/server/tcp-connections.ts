/** The TCP connections of an HTTP server: also those that Node.js does not count among its requests. */
import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';

/** Returns the function that ends all of them: half a request, half a TLS handshake, a WebSocket that does not say goodbye. */
export function trackConnections(server: HttpServer): () => void {
  const open = new Set<Socket>();
  function forget(this: Socket): void {
    open.delete(this);
  }
  server.on('connection', (socket: Socket) => open.add(socket.on('close', forget)));
  return () => {
    for (const socket of open) socket.destroy();
  };
}
