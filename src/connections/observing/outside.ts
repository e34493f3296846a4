/** Clients that came into no namespace: Engine.IO had no session for them, they asked for one that nobody serves, or for none in time. */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { connectionChannel } from '../../base/channels/index.js';
import type { ConnectionOutcome } from '../../base/channels/messages.js';
import type { CountedKind, Counters } from '../../base/counters.js';
import { eventName, type Logger } from '../../base/log.js';
import { clock, type Intake, knownIntakeOf } from '../intake/intake.js';
import { observeRefusal, type Refused, wasCut } from './observed-connection.js';

/** The parts of an Engine.IO connection that are used here. */
interface EngineConnection {
  readonly request: IncomingMessage;
  readonly transport: { readonly name: string };
  on(event: 'close', listener: (this: EngineConnection, reason: string) => void): unknown;
}

/** The parts of an Engine.IO server that are used here. */
interface Door {
  on(
    event: 'connection_error',
    listener: (error: { readonly req: IncomingMessage; readonly code: number }) => void,
  ): unknown;
}

/** The numbers of Engine.IO for a request of a session that it does not have, and for one that `allowRequest` refused. */
const UNKNOWN_SESSION = 1;
const FORBIDDEN = 4;

/** Socket.IO's look for a namespace that is not there yet; `found` is told `false` if nobody serves it. */
interface Looking {
  _checkNamespace(name: string, auth: object, found: (namespace: unknown) => void): void;
}

export interface OutsideParts {
  readonly io: Server;
  readonly joinTime: number;
  readonly counters: Counters;
  readonly log: Logger;
}

/** The transport whose CONNECT is handled now. */
let asking: Intake | undefined;

/** Handles a CONNECT of a transport. */
export function whileAsking<T>(intake: Intake | undefined, handle: (packet: T) => void, packet: T): void {
  asking = intake;
  try {
    handle(packet);
  } finally {
    asking = undefined;
  }
}

/** Counts, logs and tells of those who stay outside. */
export class Outside {
  constructor(private readonly parts: OutsideParts) {
    const looking = parts.io as unknown as Looking;
    const look = looking._checkNamespace.bind(looking);
    looking._checkNamespace = (name, auth, found) => {
      const intake = asking;
      look(name, auth, (namespace) => {
        if (!namespace && intake) this.#unknown(intake, name);
        found(namespace);
      });
    };
    for (const namespace of parts.io._nsps.values()) namespace.on('connection', noteInside);
    parts.io.on('new_namespace', (namespace) => namespace.on('connection', noteInside));
  }

  /** Watches a transport until it comes in, or ends. */
  watch(connection: EngineConnection): void {
    connection.on('close', this.#closed);
  }

  /** Tells of those whom Engine.IO itself turns away; `admission` has told of the others. */
  watchDoor(engine: Door): void {
    engine.on('connection_error', ({ req: request, code }) => {
      if (code === FORBIDDEN) return;
      this.#tell({ request }, code === UNKNOWN_SESSION ? 'unknown_session' : 'bad_handshake', { kind: 'refused' });
    });
  }

  /** Tells of a transport that is closed because its time to join is over. */
  #late(connection: EngineConnection): void {
    const { joinTime: limit, log } = this.parts;
    log.info({ limit }, 'a client joined no namespace in limits.joinTime; its connection ends');
    this.#tell(placeOf(connection), 'join_time', { kind: 'timed_out', limit: 'joinTime' });
  }

  /** One function for all transports: `this` is the one that closed. Socket.IO's own timer does not say that it was the cause. */
  readonly #closed = ((all: Outside) =>
    function (this: EngineConnection, reason: string): void {
      const intake = knownIntakeOf(this);
      if (!intake || intake.isInside || reason !== 'forced close' || wasCut(this)) return;
      // Timers may be a millisecond early.
      if (clock() - intake.began >= all.parts.joinTime - 1) all.#late(this);
    })(this);

  #unknown(intake: Intake, name: string): void {
    const { counters, log } = this.parts;
    const connection = intake.connection as object as EngineConnection;
    if (counters.isNew(connection, 'unknown_namespace'))
      log.info({ namespace: eventName(name) }, 'a client asked for a namespace that nobody serves');
    this.#tell({ ...placeOf(connection), namespace: name }, 'unknown_namespace', { kind: 'refused' });
  }

  #tell(refused: Place, cause: CountedKind, outcome: ConnectionOutcome): void {
    const { counters, io, log } = this.parts;
    counters.count(cause);
    if (connectionChannel.hasSubscribers) observeRefusal({ io, log, ...refused }, { ...outcome, code: cause });
  }
}

type Place = Omit<Refused, 'io' | 'log'>;

function placeOf({ request, transport }: EngineConnection): Place {
  return { request, transport: transport.name };
}

/** Also in namespaces of the user's own, which have no gate. */
function noteInside({ conn }: Socket): void {
  const intake = knownIntakeOf(conn);
  if (intake) intake.isInside = true;
}
