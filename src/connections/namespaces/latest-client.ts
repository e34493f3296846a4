/**
 * The objects of the client that came last. When V8 collects garbage, it drops the hidden classes of which no object is left, and the code
 * that it has compiled for them: after all clients have left, the next 2,000 would cost twice as much. While the objects of
 * one client are kept, their classes are: docs/decisions/connections.md, "When all have left".
 */
import type { Socket } from 'socket.io';
import type { EventContext } from '../../base/context.js';
import { listenersOf } from './listeners.js';

/** What is used of Engine.IO's socket, its transport, and the sockets below. */
interface Part {
  readonly transport?: Part;
  readonly request?: Part;
  readonly socket?: Part;
  readonly _receiver?: Part;
  readonly _handle?: object | null;
}

/** One client that was let in, also when it has left: until another one comes, or the application closes. */
export class LatestClient {
  parts: readonly unknown[] = [];
  /** What the handler of its connection was called with. */
  context: EventContext | undefined;

  keep(connection: { readonly socket: Socket }): void {
    this.parts = [connection, ...lostParts(connection.socket.conn as Part)];
  }

  forget(): void {
    this.parts = [];
    this.context = undefined;
  }
}

/** What nothing of a client leads to once it has left: its TCP socket, and the lists of listeners. */
function lostParts(connection: Part): unknown[] {
  const { transport, request } = connection;
  const webSocket = transport?.socket;
  const tcpSocket = request?.socket;
  const emitters = [connection, transport, webSocket, webSocket?._receiver, tcpSocket];
  return [tcpSocket, tcpSocket?._handle, ...emitters.map((emitter) => emitter && listenersOf(emitter))];
}
