/** The HTTP server that pages and sockets share. */
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../base/log.js';
import type { AllowedHosts } from './hosts.js';
import { requestListener, type HttpOptions } from './pages.js';

/** The address of `app.listen`, and its TLS options. */
export interface ListenOptions {
  /** `0` takes a free one. */
  readonly port: number;
  /** The address to listen on; all of the machine's unless given. */
  readonly host?: string;
  /** Keys and certificates as node:https takes them; pages and sockets are then served over TLS. */
  readonly tls?: TlsOptions;
}

/** The address on which an application listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** The address for a browser on this machine. */
  readonly url: string;
}

/** Makes the server; it does not listen yet. */
export function createHttpServer(options: HttpOptions, hosts: AllowedHosts, log: Logger, tls?: TlsOptions): HttpServer {
  const listener = requestListener(options, hosts, log);
  return tls ? createTlsServer(tls, listener) : createServer(listener);
}

/**
 * Listens, and says where.
 * @throws Error naming the port if it is taken, or not allowed; or that the server was closed meanwhile
 */
export async function listen(server: HttpServer, { port, host, tls }: ListenOptions): Promise<Address> {
  let isClosed = false;
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => reject(listenError(cause, port, host));
    const closed = (): void => {
      isClosed = true;
      reject(new Error('The application was closed before it listened.'));
    };
    server.once('error', failed);
    server.once('close', closed);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeListener('error', failed);
      server.removeListener('close', closed);
      // The name of the host was still being looked up when it was closed.
      if (isClosed) server.close();
      resolve();
    });
  });
  return addressOf(server.address() as AddressInfo, tls ? 'https' : 'http');
}

function addressOf({ address, port, family }: AddressInfo, protocol: string): Address {
  const everywhere = address === '::' || address === '0.0.0.0';
  const host = everywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return { host: address, port, url: `${protocol}://${host}:${port}` };
}

function listenError(cause: NodeJS.ErrnoException, port: number, host = 'any address'): Error {
  return Object.assign(new Error(`Cannot listen on port ${port} of ${host}: ${reasonOf(cause)}`, { cause }), {
    code: cause.code,
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses it. Stop that program, choose another port, or take a free one with listen(0).';
    case 'EACCES':
      return 'this user may not. Ports below 1024 need rights of their own: choose a higher one.';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address.';
    default:
      return message;
  }
}
