/** Connects the channels with OpenTelemetry, and disconnects them. */
import {
  backgroundChannel,
  busChannel,
  callChannel,
  connectionChannel,
  emitChannel,
} from '../../base/channels/index.js';
import type { TypedChannel } from '../../base/channels/channel.js';
import { addLogFacts } from '../../base/context.js';
import { ActiveContext } from './active.js';
import type { Context } from './api.js';
import { beginTransfer, endTransfer } from './bus.js';
import { beginCall, endCall, traceOf } from './calls.js';
import { beginConnection, endConnection } from './connections.js';
import { beginEmission, endEmission } from './emissions.js';
import { measureCall, measureConnection, measureEmission, measureRound } from './metrics.js';

/** Follows a channel; returns the function that ends it. */
function follow<Message>(
  channel: TypedChannel<Message>,
  begin: ((message: Message) => Context) | undefined,
  ...subscribers: ((message: Message) => void)[]
): () => void {
  const store = new ActiveContext();
  if (begin) channel.bindStore(store, begin);
  for (const subscriber of subscribers) channel.subscribe(subscriber);
  return () => {
    channel.unbindStore(store as never);
    for (const subscriber of subscribers) channel.unsubscribe(subscriber);
  };
}

let endings: (() => void)[] | undefined;

/** Makes spans and metrics of the calls, connections, emissions and bus messages of all applications of this process. */
export function enable(): void {
  addLogFacts(traceOf);
  endings ??= [
    follow(callChannel, beginCall, endCall, measureCall),
    follow(connectionChannel, beginConnection, endConnection, measureConnection),
    follow(emitChannel, beginEmission, endEmission, measureEmission),
    follow(busChannel, beginTransfer, endTransfer),
    follow(backgroundChannel, undefined, measureRound),
  ];
}

/** Ends that; nothing is made any more, and nothing is paid for it. */
export function disable(): void {
  addLogFacts(undefined);
  for (const end of endings ?? []) end();
  endings = undefined;
}
