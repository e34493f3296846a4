/** The flight recorder of an application: its last calls and connections, as its channels tell them. */
import { callChannel, connectionChannel } from '../../base/channels/index.js';
import type { CallMessage, ConnectionMessage } from '../../base/channels/messages.js';
import type { Outcome } from '../../base/channels/outcome.js';
import type { Server } from 'socket.io';
import {
  entriesUntil,
  type Dump,
  type RecordedCall,
  type RecordedConnection,
  type RecordedEntry,
  type RecordedOutcome,
} from './dump.js';
import { Fields } from './fields.js';
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
  readonly #ring: Ring;
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
    const all = this.#ring.entries.map((entry) => JSON.parse(entry) as RecordedEntry);
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
    const { id, kind, socket, namespace, event, handler, context, outcome, answer, duration, declared } = message;
    const call: RecordedCall = {
      type: 'call',
      at: epoch(message.startedAt),
      id,
      kind,
      socket,
      namespace,
      event,
      handler,
      asks: context.ack !== undefined,
      args: kind === 'event' ? this.#fields.of(context.args, declared.event, 'args') : [],
      outcome: recorded(outcome),
      ...(answer === undefined ? {} : { answer: this.#fields.of(answer, declared.event, 'answer') }),
      duration: round(duration),
    };
    const { answer: _, ...bare } = call;
    // A payload that is larger than everything leaves its call.
    if (!this.#ring.add(JSON.stringify(call))) this.#ring.add(JSON.stringify({ ...bare, args: [] }));
  };

  readonly #onConnection = (message: ConnectionMessage): void => {
    const { type, io, socket } = message;
    if (type === 'start' || io !== this.io || !socket) return;
    const { auth, query } = socket.handshake;
    const wasConnected = type === 'end' && (message.outcome.kind === 'left' || message.outcome.kind === 'cut');
    const connection: RecordedConnection = {
      type: type === 'accepted' ? 'connected' : wasConnected ? 'left' : 'refused',
      at: epoch(message.startedAt) + (type === 'end' ? message.duration : 0),
      socket: socket.id,
      namespace: socket.nsp.name,
      transport: message.transport,
      ...(wasConnected ? {} : { auth: this.#fields.ofObject(auth), query: this.#fields.ofObject(ownQuery(query)) }),
      ...(type === 'end' ? { outcome: recorded(message.outcome) } : {}),
      ...(type === 'end' && message.reason !== undefined ? { reason: message.reason } : {}),
    };
    this.#ring.add(JSON.stringify(connection));
  };
}

function recorded({ kind, code, limit, error }: Outcome<string>): RecordedOutcome {
  return {
    kind,
    ...(code === undefined ? {} : { code }),
    ...(limit === undefined ? {} : { limit }),
    ...(error instanceof Error ? { error: error.name } : {}),
  };
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

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
