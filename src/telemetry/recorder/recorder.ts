/** The flight recorder of an application: its last calls and connections, as its channels tell them. */
import { callChannel, connectionChannel } from '../../base/channels/index.js';
import type { CallMessage, ConnectionMessage } from '../../base/channels/messages.js';
import { wasLetIn } from '../../base/channels/outcome.js';
import type { Server, Socket } from 'socket.io';
import { eventName } from '../../base/log.js';
import { entriesUntil, type Dump, type RecordedConnection } from './dump.js';
import { Fields } from './fields.js';
import { factsOf, KeptCall, KeptConnection, recorded, round } from './kept.js';
import type { RecorderSettings } from './options.js';
import { Ring } from './ring.js';

/** The options of a dump. */
export interface DumpOptions {
  /** The id of a call, as the answer of a failure and the log have it: only what its socket did until then. */
  readonly call?: string;
}

/** The flight recorder, as an application offers it. */
export interface FlightRecorder {
  /**
   * Returns the last calls and connections.
   * @throws Error if the application has no option `recorder`, or if the call is not among them
   */
  dump(options?: DumpOptions): Dump;
}

/** The recorder of an application without the option. */
export const noRecorder: FlightRecorder = Object.freeze({
  dump(): never {
    throw new Error('nothing is recorded: createApp({ recorder: {} }) records the last calls and connections.');
  },
});

export class Recorder implements FlightRecorder {
  readonly #ring: Ring<KeptCall | KeptConnection>;
  readonly #fields: Fields;

  constructor(
    private readonly io: Server,
    settings: Pick<RecorderSettings, 'size' | 'fields'>,
  ) {
    this.#ring = new Ring(settings.size);
    this.#fields = new Fields(settings.fields);
    callChannel.subscribe(this.#onCall);
    connectionChannel.subscribe(this.#onConnection);
  }

  dump({ call }: DumpOptions = {}): Dump {
    return this.take('asked', call);
  }

  /** Makes a dump, for a reason. */
  take(why: Dump['why'], call?: string, error?: string): Dump {
    const all = this.#ring.entries.map((entry) => entry.entry());
    const entries = call === undefined ? all : entriesUntil(all, call);
    if (!entries) throw new Error(`no call ${call} is recorded: it was long ago, or in another process.`);
    const { names: fields } = this.#fields;
    const { dropped } = this.#ring;
    const at = new Date().toISOString();
    return { recording: 1, why, at, ...(error === undefined ? {} : { error }), fields, dropped, entries };
  }

  /** Records nothing any more. */
  stop(): void {
    callChannel.unsubscribe(this.#onCall);
    connectionChannel.unsubscribe(this.#onConnection);
  }

  readonly #onCall = (message: CallMessage): void => {
    if (message.type !== 'end' || message.io !== this.io) return;
    const { kind, context, answer, declared } = message;
    const args = kind === 'event' ? this.#fields.textOf(context.args, declared.event, 'args') : '[]';
    const answered = answer && this.#fields.textOf(answer, declared.event, 'answer');
    const call = new KeptCall(factsOf(message), args, answered);
    // A payload that is larger than everything leaves its call.
    if (!this.#add(call)) this.#add(call.bare());
  };

  readonly #onConnection = (message: ConnectionMessage): void => {
    const { type, io, socket } = message;
    if (type === 'start' || io !== this.io) return;
    const wasConnected = type === 'end' && wasLetIn(message.outcome);
    const connection: RecordedConnection = {
      type: type === 'accepted' ? 'connected' : wasConnected ? 'left' : 'refused',
      at: epoch(message.startedAt) + (type === 'end' ? message.duration : 0),
      socket: socket?.id ?? '',
      namespace: eventName(message.namespace ?? ''),
      transport: message.transport,
      ...(wasConnected || !socket ? {} : this.#handshakeOf(socket)),
      ...(type === 'end' ? { outcome: recorded(message.outcome) } : {}),
      ...(type === 'end' && message.reason !== undefined ? { reason: message.reason } : {}),
    };
    this.#add(new KeptConnection(connection));
  };

  #handshakeOf({ handshake: { auth, query } }: Socket): Pick<RecordedConnection, 'auth' | 'query'> {
    return { auth: this.#fields.ofObject(auth), query: this.#fields.ofObject(ownQuery(query)) };
  }

  #add(entry: KeptCall | KeptConnection): boolean {
    return this.#ring.add(entry, entry.bytes);
  }
}

/** The query without what Engine.IO puts there. */
function ownQuery({
  EIO: _eio,
  transport: _transport,
  t: _t,
  sid: _sid,
  b64: _b64,
  ...own
}: Readonly<Record<string, unknown>>): object {
  return own;
}

function epoch(startedAt: number): number {
  return round(performance.timeOrigin + startedAt);
}
