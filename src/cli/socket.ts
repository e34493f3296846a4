/** A connection of the command to a server; the only importer of socket.io-client here. */
import type { Socket } from 'socket.io-client';
import { CommandError } from './command.js';

export type { Socket };

export interface ConnectOptions {
  readonly url: string;
  /** The path of the namespace. */
  readonly namespace: string;
  readonly auth: object;
  /** The path of Engine.IO. */
  readonly path: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Makes a socket, which is not yet connected.
 * @throws CommandError if socket.io-client is not installed
 */
export async function createSocket({ url, namespace, auth, path, timeout }: ConnectOptions): Promise<Socket> {
  const { io } = await load();
  const address = new URL(url);
  address.pathname = namespace;
  const own = { autoConnect: false, forceNew: true, reconnection: false };
  return io(address.href, { ...own, auth, timeout, ...(path ? { path } : {}) });
}

/**
 * Connects, or says why the server does not let it in.
 * @throws CommandError if there is no connection
 */
export function connect(socket: Socket, options: ConnectOptions): Promise<void> {
  const { url, timeout } = options;
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => reject(new CommandError(message));
    // The socket keeps the process alive; a disconnection by the command itself leaves this behind.
    const timer = setTimeout(() => fail(`${url} did not answer within ${timeout / 1000} seconds.`), timeout).unref();
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('connect_error', (error) => {
      clearTimeout(timer);
      fail(refusal(error, options));
    });
    socket.connect();
  });
}

function refusal(error: Error & { readonly data?: unknown }, { url, namespace }: ConnectOptions): string {
  if (error.data !== undefined) {
    const { code } = error.data as { readonly code?: unknown };
    const next = code === 'invalid' ? '\nSay who you are with --auth \'{"token":"…"}\'.' : '';
    return `${namespace} refused the connection: ${error.message}\n${JSON.stringify(error.data)}${next}`;
  }
  if (error.message === 'Invalid namespace') {
    return `The server has no namespace ${namespace}. colloquy routes lists those of a program.`;
  }
  return `${url} cannot be reached: ${error.message}.\nIs the server running there, and its Engine.IO at the usual path? --path names another one.`;
}

async function load(): Promise<typeof import('socket.io-client')> {
  try {
    return await import('socket.io-client');
  } catch {
    throw new CommandError('This command needs socket.io-client: npm install --save-dev socket.io-client');
  }
}
