/** The metrics that are counted from the channels, of one application. */
import type { Server } from 'socket.io';
import {
  backgroundChannel,
  busChannel,
  callChannel,
  connectionChannel,
  emitChannel,
} from '../../base/channels/index.js';
import type { TypedChannel } from '../../base/channels/channel.js';
import type {
  BackgroundMessage,
  BusMessage,
  CallMessage,
  ConnectionMessage,
  EmitMessage,
} from '../../base/channels/messages.js';
import type { Outcome } from '../../base/channels/outcome.js';
import { unknownEvent } from '../../connections/failures.js';
import { Counter, type Family, Histogram } from './families.js';

/** The value of a label that the plan does not bound. */
export const OTHER = '_other';

/** Most codes of an application that become labels. */
const MOST_CODES = 200;

/** The application whose messages count. */
export interface ObservedApplication {
  readonly io: Server;
  /** The id of this node on the bus, if it is on one. */
  readonly node: string | undefined;
}

const call = ['kind', 'namespace', 'event'] as const;

/** Counts from when it is made until it is closed. */
export class ObservedMetrics {
  readonly #calls = new Counter('colloquy_calls_total', 'Calls that have ended, by outcome and code.', [
    ...call,
    'outcome',
    'code',
  ]);
  readonly #durations = new Histogram(
    'colloquy_call_duration_seconds',
    'Time from the arrival of an event to its end, of calls that were begun.',
    call,
  );
  readonly #waits = new Histogram(
    'colloquy_call_wait_seconds',
    'Time that calls waited for their rate and their turn.',
    call,
  );
  readonly #limits = new Counter('colloquy_limit_hits_total', 'Calls and connections that a limit ended.', ['limit']);
  readonly #opened = new Counter('colloquy_connections_accepted_total', 'Clients that were let into a namespace.', [
    'namespace',
  ]);
  readonly #closed = new Counter(
    'colloquy_connections_ended_total',
    'Connections that have ended or were turned away, by cause: a limit, a code, or the reason of Socket.IO.',
    ['namespace', 'outcome', 'cause'],
  );
  readonly #gate = new Histogram(
    'colloquy_connection_gate_seconds',
    'Time that clients who were let in spent in the gate.',
    ['namespace'],
  );
  readonly #emits = new Counter('colloquy_emits_total', 'Emissions, to one client or to many.', ['to', 'outcome']);
  readonly #answers = new Histogram('colloquy_emit_answer_seconds', 'Time until clients who were asked had answered.', [
    'to',
  ]);
  readonly #rounds = new Counter('colloquy_background_rounds_total', 'Rounds of background work.', ['work', 'outcome']);
  readonly #roundTimes = new Histogram('colloquy_background_round_seconds', 'Time that rounds took.', ['work']);
  readonly #busDelay = new Histogram(
    'colloquy_bus_delay_seconds',
    'Time until a message to other nodes had come back from the broker.',
    ['engine'],
  );
  readonly #codes = new Set<string>();
  readonly #stops: (() => void)[] = [];

  constructor(private readonly application: ObservedApplication) {
    this.#listen(callChannel, (message) => this.#call(message));
    this.#listen(connectionChannel, (message) => this.#connection(message));
    this.#listen(emitChannel, (message) => this.#emit(message));
    this.#listen(backgroundChannel, (message) => this.#round(message));
    this.#listen(busChannel, (message) => this.#bus(message));
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  families(): Family[] {
    return [
      this.#calls,
      this.#durations,
      this.#waits,
      this.#limits,
      this.#opened,
      this.#closed,
      this.#gate,
      this.#emits,
      this.#answers,
      this.#rounds,
      this.#roundTimes,
      this.#busDelay,
    ].map((each) => each.family());
  }

  #listen<Message>(channel: TypedChannel<Message>, hear: (message: Message) => void): void {
    channel.subscribe(hear);
    this.#stops.push(() => void channel.unsubscribe(hear));
  }

  #call(message: CallMessage): void {
    if (message.io !== this.application.io) return;
    const { kind, declared, handler } = message;
    const labels = [kind, declared.namespace, handler === unknownEvent.label ? OTHER : declared.event];
    if (message.type === 'start') return this.#waits.observe(labels, message.waited);
    const { outcome, duration } = message;
    this.#calls.add([...labels, outcome.kind, this.#codeOf(outcome)]);
    if (outcome.kind !== 'refused' && outcome.kind !== 'passed') this.#durations.observe(labels, duration);
    this.#limit(outcome);
  }

  #connection(message: ConnectionMessage): void {
    if (message.io !== this.application.io || message.type === 'start') return;
    // Those who are refused at the door have not said where they want to go.
    const namespace = message.declared?.namespace ?? OTHER;
    if (message.type === 'accepted') {
      this.#opened.add([namespace]);
      return this.#gate.observe([namespace], message.duration);
    }
    const { outcome, reason = '' } = message;
    this.#closed.add([namespace, outcome.kind, outcome.limit ?? (this.#codeOf(outcome) || reason)]);
    this.#limit(outcome);
  }

  #emit(message: EmitMessage): void {
    if (message.io !== this.application.io || message.type !== 'end') return;
    const to = message.socket === undefined ? 'many' : 'client';
    this.#emits.add([to, message.outcome.kind]);
    if (message.asks) this.#answers.observe([to], message.duration);
  }

  #round(message: BackgroundMessage): void {
    if (message.io !== this.application.io || message.type !== 'end') return;
    this.#rounds.add([message.work, message.outcome.kind]);
    this.#roundTimes.observe([message.work], message.duration);
  }

  #bus(message: BusMessage): void {
    if (message.node !== this.application.node || message.type !== 'confirmed') return;
    this.#busDelay.observe([message.engine], message.duration);
  }

  #limit({ limit }: Outcome<string>): void {
    if (limit !== undefined) this.#limits.add([limit]);
  }

  /** The codes are the application's own, and nothing bounds them but this. */
  #codeOf({ code = '' }: Outcome<string>): string {
    if (this.#codes.has(code)) return code;
    if (this.#codes.size >= MOST_CODES) return OTHER;
    this.#codes.add(code);
    return code;
  }
}
