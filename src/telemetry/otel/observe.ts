/** Connects the channels with OpenTelemetry, and disconnects them. */
import {
  backgroundChannel,
  busChannel,
  callChannel,
  connectionChannel,
  emitChannel,
} from '../../base/channels/index.js';
import { listenersOf, type TypedChannel } from '../../base/channels/channel.js';
import type { CallMessage } from '../../base/channels/messages.js';
import { watchOffers } from '../metrics/sources.js';
import { addLogFacts } from '../../base/context.js';
import { ActiveContext } from './active.js';
import type { Context } from './api.js';
import { beginTransfer, endTransfer } from './bus.js';
import { passOverCalls } from '../../connections/observing/observed-call.js';
import { beginCall, endCall, followCall, traceOf } from './calls.js';
import { beginConnection, endConnection } from './connections.js';
import { beginRound, endRound } from './rounds.js';
import { surroundRuns } from '../../connections/observing/runs.js';
import { oncePerRun } from './sampling/unrecorded.js';
import { beginEmission, endEmission } from './emissions.js';
import {
  measured,
  refreshMetrics,
  stopMetrics,
  measureCall,
  measureConnection,
  measureEmission,
  measureRound,
} from './metrics.js';

/** Follows a channel; returns the function that ends it. */
function follow<Message>(
  channel: TypedChannel<Message>,
  begin: (message: Message) => Context,
  ...subscribers: ((message: Message) => void)[]
): () => void {
  const store = new ActiveContext();
  channel.bindStore(store, begin);
  for (const subscriber of subscribers) channel.subscribe(subscriber);
  return () => {
    channel.unbindStore(store as never);
    for (const subscriber of subscribers) channel.unsubscribe(subscriber);
  };
}

let endings: (() => void)[] | undefined;

/** The number of listeners that `enable` adds to a channel whose work runs in spans: a store and a subscriber. */
const OWN = 2;

function endAndMeasure(message: CallMessage): void {
  endCall(message);
  measureCall(message);
}

/** Makes spans and metrics of the calls, connections, emissions and bus messages of all applications of this process. */
export function enable(): void {
  addLogFacts(traceOf);
  watchOffers(refreshMetrics);
  passOverCalls((context, isInside) => {
    if (listenersOf(callChannel) > OWN) return undefined;
    return measured(context, followCall(context, isInside));
  });
  surroundRuns(oncePerRun);
  endings ??= [
    follow(callChannel, beginCall, endAndMeasure),
    follow(connectionChannel, beginConnection, endConnection, measureConnection),
    follow(emitChannel, beginEmission, endEmission, measureEmission),
    follow(busChannel, beginTransfer, endTransfer),
    follow(backgroundChannel, beginRound, endRound, measureRound),
  ];
}

/** Ends that; nothing is made any more, and nothing is paid for it. */
export function disable(): void {
  addLogFacts(undefined);
  passOverCalls(undefined);
  surroundRuns(undefined);
  watchOffers(undefined);
  stopMetrics();
  for (const end of endings ?? []) end();
  endings = undefined;
}
