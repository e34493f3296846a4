/** Keeps an inspected program from doing what others would notice: it opens no port, and starts no worker processes. */
import cluster from 'node:cluster';
import { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** A server's part that is replaced. */
interface Listening extends EventEmitter {
  listen: (...words: unknown[]) => unknown;
  address: () => unknown;
}

/** Servers say that they listen, on the port that they were given, and do not. */
export function openNoPorts(): void {
  for (const { prototype } of [net.Server, http.Server, https.Server] as unknown as { prototype: Listening }[]) {
    if (!Object.hasOwn(prototype, 'listen')) continue;
    prototype.listen = function (this: Listening, ...words: unknown[]) {
      const port = portOf(words[0]);
      this.address = () => ({ address: '::', family: 'IPv6', port });
      const done = words.findLast((word) => typeof word === 'function');
      if (done) this.once('listening', done as () => void);
      process.nextTick(() => this.emit('listening'));
      return this;
    };
  }
}

function portOf(where: unknown): number {
  const port = typeof where === 'object' && where !== null ? (where as { readonly port?: unknown }).port : where;
  return Number(port ?? 0) || 0;
}

/** A program that runs on all cores makes its application in its workers, so the process says that it is one. */
export function asWorker(): void {
  const worker = Object.assign(new EventEmitter(), {
    id: 1,
    process,
    send: () => true,
    isConnected: () => true,
    isDead: () => false,
    disconnect: () => undefined,
    kill: () => undefined,
  });
  try {
    Object.assign(cluster, { isPrimary: false, isMaster: false, isWorker: true, worker });
    syncBuiltinESMExports();
  } catch {
    // A runtime without workers has nothing to keep from starting.
  }
}
