/** The metrics of calls, connections, emissions and background work through OpenTelemetry. Labels are names of the plan. */
import type { BackgroundMessage, CallMessage, ConnectionMessage, EmitMessage } from '../../base/channels/messages.js';
import { complaint } from '../../base/channels/channel.js';
import type { CallObserver, EventContext } from '../../base/context.js';
import { errorCodes } from '../../base/errors.js';
import type { Outcome } from '../../base/channels/outcome.js';
import {
  api,
  meterProvider,
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  type UpDownCounter,
} from './api.js';
import { ExportedMetrics } from './exported.js';
import { declaredBy } from '../../connections/observing/observed-call.js';
import { isHandled } from './calls.js';
import { BoundedNames, namesOf, SYSTEM, type CallNames } from './names.js';

/** Seconds, as the conventions advise for `rpc.server.call.duration`. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Instruments {
  readonly calls: Histogram;
  readonly connected: UpDownCounter;
  readonly connections: Histogram;
  readonly refused: Counter;
  readonly emissions: Counter;
  readonly rounds: Histogram;
}

/** The codes of the framework are all labels; of the application's own, the first hundred are. */
const codes = new BoundedNames(100, Object.keys(errorCodes));

let provider: unknown;
let current: Instruments | undefined;
let exported: ExportedMetrics | undefined;

/** The instruments of the meter provider that is in force, if there is one: the SDK may be started after the first message. */
function instruments(): Instruments | undefined {
  const inForce = meterProvider();
  if (provider !== inForce) {
    stopMetrics();
    provider = inForce;
    const meter = inForce?.getMeter('colloquy');
    if (!meter || meter === api.createNoopMeter()) return undefined;
    current = make(meter);
    exported = new ExportedMetrics(meter);
  }
  return current;
}

/** Looks for a meter provider, and for what there is to be exported. */
export function refreshMetrics(): void {
  if (instruments()) exported?.refresh();
}

/** Ends the exporting. */
export function stopMetrics(): void {
  exported?.close();
  provider = current = exported = undefined;
}

function make(meter: Meter): Instruments {
  const advice = { explicitBucketBoundaries: boundaries };
  return {
    calls: meter.createHistogram('rpc.server.call.duration', {
      unit: 's',
      advice,
      description: 'The duration of calls, from the arrival of the event to its end.',
    }),
    connected: meter.createUpDownCounter('colloquy.connection.active', {
      unit: '{connection}',
      description: 'Clients that are connected to a namespace.',
    }),
    connections: meter.createHistogram('colloquy.connection.duration', {
      unit: 's',
      description: 'How long clients were connected.',
    }),
    refused: meter.createCounter('colloquy.connection.refused', {
      unit: '{connection}',
      description: 'Clients that were turned away.',
    }),
    emissions: meter.createCounter('colloquy.emission', { unit: '{emission}', description: 'Emissions to clients.' }),
    rounds: meter.createHistogram('colloquy.background.duration', {
      unit: 's',
      advice,
      description: 'The duration of the rounds of background work.',
    }),
  };
}

/** Measures a call that has ended. */
export function measureCall(message: CallMessage): void {
  if (message.type === 'end' && message.kind === 'event') record(message, message.duration, message.outcome);
}

/** Measures a call of which no messages are made, from here to its end, if there is a meter provider; calls are the events of clients. */
export function measured(context: EventContext, followed: CallObserver | 'nothing'): CallObserver | 'nothing' {
  return context.kind === 'event' && instruments() ? new MeasuredCall(context, followed) : followed;
}

const failedToMeasure = complaint(measureCall);

class MeasuredCall implements CallObserver {
  readonly #arrived = performance.now();

  constructor(
    private readonly call: EventContext,
    private readonly followed: CallObserver | 'nothing',
  ) {}

  run<Result>(work: (context: EventContext) => Result, context: EventContext): Result {
    return this.followed === 'nothing' ? work(context) : this.followed.run(work, context);
  }

  end(outcome: Outcome, isAnswered: boolean, value: unknown): void {
    if (this.followed !== 'nothing') this.followed.end(outcome, isAnswered, value);
    try {
      const { label } = this.call.handler;
      record({ handler: label, declared: declaredBy(this.call) }, performance.now() - this.#arrived, outcome);
    } catch (error) {
      failedToMeasure(error);
    }
  }
}

/** @param duration milliseconds */
function record(call: Pick<CallMessage, 'handler' | 'declared'>, duration: number, outcome: Outcome): void {
  const names = namesOf(call.declared, isHandled(call));
  instruments()?.calls.record(duration / 1000, attributesOf(names, outcome));
}

function attributesOf({ attributes, endings }: CallNames, { kind, code }: Outcome): Attributes {
  const type = code === undefined ? undefined : codes.of(code);
  const key = type === undefined ? kind : `${kind} ${type}`;
  let found = endings.get(key);
  if (!found) {
    found = { ...attributes, 'colloquy.outcome': kind, ...(type === undefined ? {} : { 'error.type': type }) };
    endings.set(key, found);
  }
  return found;
}

/** The clients that were counted as connected. */
const counted = new WeakSet<object>();

/** Counts a connection, and measures it when it has ended. */
export function measureConnection(message: ConnectionMessage): void {
  if (message.type === 'start') return;
  const { socket, declared, transport } = message;
  const place = declared ? { 'colloquy.namespace': declared.namespace } : {};
  if (message.type === 'accepted') {
    if (socket) counted.add(socket);
    return instruments()?.connected.add(1, { 'rpc.system.name': SYSTEM, ...place });
  }
  const attributes = { 'rpc.system.name': SYSTEM, ...place };
  const { kind, code } = message.outcome;
  const ending = { 'colloquy.transport': transport, 'colloquy.outcome': kind, ...(code ? errorType(code) : {}) };
  if (!socket || !counted.delete(socket)) return instruments()?.refused.add(1, { ...attributes, ...ending });
  instruments()?.connected.add(-1, attributes);
  instruments()?.connections.record(message.duration / 1000, { ...attributes, ...ending });
}

/** Counts an emission. */
export function measureEmission(message: EmitMessage): void {
  if (message.type === 'end')
    instruments()?.emissions.add(1, { 'rpc.system.name': SYSTEM, 'colloquy.outcome': message.outcome.kind });
}

/** Measures a round of background work. */
export function measureRound(message: BackgroundMessage): void {
  if (message.type !== 'end') return;
  const attributes = { 'code.function.name': message.work, 'colloquy.outcome': message.outcome.kind };
  instruments()?.rounds.record(message.duration / 1000, attributes);
}

function errorType(code: string): { 'error.type': string } {
  return { 'error.type': codes.of(code) };
}
