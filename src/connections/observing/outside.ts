/** Clients that came into no namespace: they asked for one that nobody serves, or for none in time. */
import type { IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import { connectionChannel } from '../../base/channels/index.js';
import type { ConnectionOutcome } from '../../base/channels/messages.js';
import type { CountedKind, Counters } from '../../base/counters.js';
import { eventName, type Logger } from '../../base/log.js';
import { type Intake, knownIntakeOf } from '../intake/intake.js';
import { wasCut, observeRefusal } from './observed-connection.js';

/** The parts of an Engine.IO connection that are used here. */
interface EngineConnection {
  readonly request: IncomingMessage;
  readonly transport: { readonly name: string };
  on(event: 'close', listener: (this: EngineConnection, reason: string) => void): unknown;
}

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
/** Whether it was in a namespace, or at the gate of one, before. */
let wasInside = false;

/** Handles a CONNECT of a transport, which is at the gate of a namespace from here on, unless nobody serves that. */
export function whileAsking(intake: Intake | undefined, handle: () => void): void {
  if (!intake) return handle();
  asking = intake;
  wasInside = intake.isInside;
  intake.isInside = true;
  try {
    handle();
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
      const [intake, was] = [asking, wasInside];
      look(name, auth, (namespace) => {
        if (!namespace && intake) this.#unknown(intake, was, name);
        found(namespace);
      });
    };
  }

  /** Watches a transport until it comes in, or ends. */
  watch(connection: EngineConnection): void {
    connection.on('close', this.#closed);
  }

  /** Tells of a transport that is closed because its time to join is over. */
  #late(connection: EngineConnection): void {
    const { joinTime: limit, log } = this.parts;
    log.info({ limit }, 'a client joined no namespace in limits.joinTime; its connection ends');
    this.#tell(connection, undefined, 'join_time', { kind: 'timed_out', limit: 'joinTime' });
  }

  /** One function for all transports: `this` is the one that closed. Socket.IO's own timer does not say that it was the cause. */
  readonly #closed = ((all: Outside) =>
    function (this: EngineConnection, reason: string): void {
      const intake = knownIntakeOf(this);
      if (!intake || intake.isInside || reason !== 'forced close' || wasCut(this)) return;
      // Timers may be a millisecond early.
      if (Date.now() - intake.began >= all.parts.joinTime - 1) all.#late(this);
    })(this);

  #unknown(intake: Intake, wasInside: boolean, name: string): void {
    const { counters, log } = this.parts;
    const connection = intake.connection as object as EngineConnection;
    intake.isInside = wasInside;
    if (counters.isNew(connection, 'unknown_namespace'))
      log.info({ namespace: eventName(name) }, 'a client asked for a namespace that nobody serves');
    this.#tell(connection, name, 'unknown_namespace', { kind: 'refused' });
  }

  #tell(
    { request, transport }: EngineConnection,
    namespace: string | undefined,
    cause: CountedKind,
    outcome: ConnectionOutcome,
  ): void {
    this.parts.counters.count(cause);
    if (connectionChannel.hasSubscribers)
      observeRefusal(this.parts.io, request, { ...outcome, code: cause }, { namespace, transport: transport.name });
  }
}
