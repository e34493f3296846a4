/** What waits to be sent: slow readers are cut off, and a shutdown lets answers out first. */
import type { Server } from 'socket.io';
import type { Logger } from '../log.js';

const interval = 1_000;

/** What is known of an Engine.IO connection and its transport. */
interface EngineConnection {
  readonly writeBuffer: readonly { readonly data?: string | Uint8Array }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number } };
  close(discard?: boolean): void;
  once(event: 'drain' | 'close', listener: () => void): void;
}

/**
 * Looks at all clients once a second: what waits for one of them must not fill the server's memory. Gives the function
 * that stops it.
 */
export function watchBuffers(io: Server, limit: number, log: Logger): () => void {
  if (limit === Infinity) return () => {};
  const timer = setInterval(() => {
    const clients = clientsOf(io);
    for (const id in clients) cutSlow(clients[id]!, limit, log);
  }, interval).unref();
  return () => clearInterval(timer);
}

/** Resolves when nothing waits to be sent, or `time` milliseconds have passed. */
export async function flushBuffers(io: Server, time: number): Promise<void> {
  const busy = Object.values(clientsOf(io)).filter(({ writeBuffer }) => writeBuffer.length > 0);
  const sent = busy.map(
    (client) =>
      new Promise<void>((resolve) => {
        client.once('drain', resolve);
        client.once('close', resolve);
      }),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, time)));
  await Promise.race([Promise.all(sent), late]);
  clearTimeout(timer);
}

function clientsOf(io: Server): Record<string, EngineConnection> {
  return (io.engine as unknown as { clients?: Record<string, EngineConnection> } | undefined)?.clients ?? {};
}

function cutSlow(connection: EngineConnection, limit: number, log: Logger): void {
  const waiting = connection.transport.socket?.bufferedAmount ?? 0;
  if (waiting + bytesOf(connection.writeBuffer) <= limit) return;
  log.warn({ limit }, 'a client reads too slowly: more waits for it than limits.sendBuffer, so it is disconnected');
  connection.close(true);
}

function bytesOf(packets: EngineConnection['writeBuffer']): number {
  let bytes = 0;
  for (const { data } of packets) bytes += data?.length ?? 0;
  return bytes;
}
