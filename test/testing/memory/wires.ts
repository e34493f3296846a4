import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from 'socket.io';
import { Manager } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { MemoryNetwork } from '../../../src/testing/memory/index.js';
import type { ConnectOptions } from '../../../src/testing/memory/index.js';

/** A way from clients to a server: the in-memory network, or a real port beside which it must not be told apart. */
export interface Wire {
  connect: (namespace?: string, options?: ConnectOptions) => Socket;
  cut: (client: Socket) => void;
  pause: (client: Socket) => void;
  resume: (client: Socket) => void;
  /** Closes clients and server. */
  close: () => Promise<void>;
}

export type WireMaker = (io: Server) => Promise<Wire>;

export async function memoryWire(io: Server): Promise<Wire> {
  const network = new MemoryNetwork(io);
  return {
    connect: (namespace, options) => network.connect(namespace, options),
    cut: (client) => network.cut(client),
    pause: (client) => network.pause(client),
    resume: (client) => network.resume(client),
    close: async () => {
      await network.close();
      await io.close();
    },
  };
}

export async function portWire(io: Server): Promise<Wire> {
  const server = createServer();
  io.attach(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = new Set<Socket>();
  return {
    connect: (namespace = '/', { auth, headers = {}, ...options } = {}) => {
      const manager = new Manager(`ws://127.0.0.1:${port}`, {
        reconnection: false,
        perMessageDeflate: false,
        ...options,
        extraHeaders: headers as Record<string, string>,
        transports: ['websocket'],
      } as ConnectOptions);
      const client = manager.socket(namespace, auth === undefined ? {} : { auth });
      clients.add(client);
      return client;
    },
    cut: (client) => webSocketOf(client).terminate(),
    pause: (client) => webSocketOf(client).pause(),
    resume: (client) => webSocketOf(client).resume(),
    close: async () => {
      for (const client of clients) client.disconnect().io.engine.close();
      await io.close();
    },
  };
}

type WebSocket = Record<'terminate' | 'pause' | 'resume', () => void>;

function webSocketOf(client: Socket): WebSocket {
  return (client.io.engine.transport as unknown as { ws: WebSocket }).ws;
}
