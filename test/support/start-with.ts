/** An application whose handler does what a test says, with the caller's real socket. */
import type { TestContext } from 'node:test';
import { Socket } from 'socket.io';
import type { Socket as ClientSocket } from 'socket.io-client';
import { Payload, Namespace, On, OnConnect, type AppOptions } from '../../src/index.js';
import { start, type Running } from './app.js';

/** The namespace of {@link startWith}. */
export const PATH = '/surface';

/** Starts an application that handles the event `run`, and nothing else, with this function. */
export function startWith(
  t: TestContext,
  run: (socket: Socket, ...args: unknown[]) => unknown,
  options?: Omit<AppOptions, 'controllers'>,
): Promise<Running> {
  @Namespace(PATH)
  class Surface {
    @OnConnect
    async enter(socket: Socket) {
      await socket.join('everybody');
    }

    @On('run')
    run(socket: Socket, @Payload({ each: Object }) ...args: unknown[]) {
      return run(socket, ...args);
    }
  }
  return start(t, [Surface], options);
}

/** The names and arguments of all events that a client receives from now on. */
export function record(client: ClientSocket): unknown[][] {
  const events: unknown[][] = [];
  client.onAny((...event: unknown[]) => events.push(event));
  return events;
}

/** Resolves when a client has received everything that was sent to it before: its own question comes last. */
export async function caughtUp(...clients: ClientSocket[]): Promise<void> {
  for (const client of clients) await client.emitWithAck('nobody handles this');
}

/** A long-polling session spoken by hand, for what only shows in its HTTP answers. */
export interface Polling {
  /** Sends a Socket.IO packet to the namespace: its type, then its data. */
  send(packet: string): Promise<void>;
  /** The next answer that holds packets. */
  poll(): Promise<Response>;
}

/** Opens a long-polling session and enters a namespace. */
export async function openPolling(url: string, namespace: string): Promise<Polling> {
  const endpoint = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(endpoint)).text()).slice(1)) as { sid: string };
  const session = `${endpoint}&sid=${sid}`;
  const post = async (body: string): Promise<void> => {
    const response = await fetch(session, { method: 'POST', body });
    if ((await response.text()) !== 'ok') throw new Error(`the server did not take ${body}`);
  };
  await post(`40${namespace},`);
  const welcome = await (await fetch(session)).text();
  if (!welcome.startsWith('40')) throw new Error(`the server did not let it in: ${welcome}`);
  return {
    send: ([type, ...data]) => post(`4${type}${namespace},${data.join('')}`),
    poll: () => fetch(session),
  };
}
