/** One client in one namespace for those who subscribe to `colloquy:connection`: its start, its acceptance, and its one end. */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { connectionChannel } from '../../base/channels/index.js';
import type { ConnectionMessage, ConnectionOutcome } from '../../base/channels/messages.js';
import { gone, tooLate } from '../../base/channels/outcome.js';
import type { Logger } from '../../base/log.js';

type Facts = Omit<Extract<ConnectionMessage, { type: 'start' }>, 'type' | 'startedAt'>;

export class ObservedConnection {
  readonly #startedAt = performance.now();
  #isOver = false;

  constructor(
    private readonly socket: Socket,
    private readonly path: string,
    private readonly log: Logger,
  ) {}

  /** Begins: what lets the client in runs inside of the stores that subscribers bound. */
  run(work: () => void): void {
    connectionChannel.runStores({ type: 'start', ...this.#facts() }, work);
  }

  accepted(): void {
    const { recovered } = this.socket;
    connectionChannel.publish({ type: 'accepted', ...this.#facts(), ...this.#duration(), recovered });
  }

  end(outcome: ConnectionOutcome, reason?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    connectionChannel.publish({ type: 'end', ...this.#facts(), ...this.#duration(), outcome, reason });
  }

  #facts(): Facts & { startedAt: number } {
    const { socket } = this;
    return {
      io: socket.nsp.server,
      socket,
      id: socket.id,
      namespace: socket.nsp.name,
      declared: { namespace: this.path },
      request: socket.request,
      transport: socket.conn.transport.name as Facts['transport'],
      log: this.log,
      startedAt: this.#startedAt,
    };
  }

  #duration(): { duration: number } {
    return { duration: performance.now() - this.#startedAt };
  }
}

/** A client that was turned away before it had a socket. */
export interface Refused {
  readonly io: Server;
  readonly request: IncomingMessage;
  readonly log: Logger;
  /** The namespace that it asked for, if it has come so far. */
  readonly namespace?: string | undefined;
  /** The one that it asks for, unless given. */
  readonly transport?: string;
}

/** Tells of a client that was turned away before it had a socket. */
export function observeRefusal(refused: Refused, outcome: ConnectionOutcome): void {
  const { io, request, log, namespace, transport = transportOf(request) } = refused;
  const facts = {
    io,
    socket: undefined,
    id: undefined,
    namespace,
    declared: undefined,
    request,
    transport: transport as Facts['transport'],
    log,
    startedAt: performance.now(),
  };
  connectionChannel.publish({ type: 'start', ...facts });
  connectionChannel.publish({ type: 'end', ...facts, duration: 0, outcome, reason: undefined });
}

function transportOf(request: IncomingMessage): Facts['transport'] {
  const { transport } = (request as IncomingMessage & { readonly _query?: Record<string, unknown> })._query ?? {};
  return transport === 'websocket' || transport === 'webtransport' ? transport : 'polling';
}

/** Why a transport was ended from this side. */
type Cut = Pick<ConnectionOutcome, 'code' | 'limit'>;

const cuts = new WeakMap<object, Cut>();

/** Notes why the Engine.IO connection is about to be ended. */
export function noteCut(connection: object, cut: Cut): void {
  cuts.set(connection, cut);
}

/** Whether a limit or a broken packet is about to end the Engine.IO connection. */
export function wasCut(connection: object): boolean {
  return cuts.has(connection);
}

/** Returns how a connection ended whose transport closed before it was let in. */
export function absenceOf({ conn }: Socket): ConnectionOutcome {
  return cuts.get(conn) === tooLate ? { kind: 'timed_out', ...tooLate } : gone;
}

/** Returns how a connection ended that was let in. */
export function departureOf({ conn }: Socket): ConnectionOutcome {
  const cut = cuts.get(conn);
  return cut ? { kind: 'cut', ...cut } : { kind: 'left' };
}
