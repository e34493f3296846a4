/** Opens the engine `redis-streams`. */
import type { Namespace } from 'socket.io';
import { Hub } from '../bus/hub.js';
import type { HubOptions } from '../bus/hub-types.js';
import type { AdapterLink } from '../types.js';
import type { TransportContext } from '../transports/transport.js';
import { StreamsClient } from './client.js';
import { guard } from './guard.js';
import { loadOfficial, type OfficialPackage } from './official.js';
import { MAX_ENTRIES } from './entries.js';
import { type StreamsSession, StreamsTransport } from './transport.js';

/**
 * Redis Streams, by the official adapter behind a guard: the one engine that knows what a client has missed which comes
 * back to another node. The hub that stands beside it keeps the connections, and knows of the other nodes.
 */
export function openStreams(given: TransportContext, uid: string, options: HubOptions): AdapterLink {
  const stream = `${given.prefix}:streams`;
  const context = { ...given, prefix: stream };
  const { whenDown } = options;
  const dropping = {
    drop: (messages: number) => hub.drop(messages),
    buffer: whenDown === 'drop' ? 0 : whenDown.buffer,
  };
  const client: StreamsClient = new StreamsClient(stream, dropping, { node: uid, engine: 'redis-streams' });
  const hub: Hub = new Hub(uid, context.uid !== null, new StreamsTransport(context, client), {
    ...options,
    besides: true,
    onStatus: (status) => {
      client.use(hub.session as StreamsSession | null);
      options.onStatus(status);
    },
  });
  let make: ReturnType<OfficialPackage['createAdapter']> | undefined;
  return {
    engine: 'redis-streams',
    node: uid,
    recovers: true,
    // Socket.IO calls it with `new`, which an arrow function does not allow.
    factory: function factory(nsp: Namespace) {
      make ??= loadOfficial().createAdapter(client, { streamName: stream, channelPrefix: stream, maxLen: MAX_ENTRIES });
      const adapter = make(nsp);
      hub.census.watch(nsp.name, adapter);
      return guard(nsp, adapter, client, {
        listens: hub.listens,
        channel: `${stream}#${nsp.name}#`,
        failed: (error) => process.emitWarning(error instanceof Error ? error : String(error), 'AdapterWarning'),
        closed: () => hub.close(),
      });
    },
    counts: hub.census,
    ready: () => hub.ready(),
    health: () => {
      const { sent, received, buffered, cursor } = client;
      const health = hub.health();
      const malformed = health.malformed + client.malformed;
      return { ...health, sent, received, missed: cursor.missed, malformed, buffered };
    },
    lease: (name, leaseOptions) => hub.lease(name, leaseOptions),
    close: () => hub.close(),
  };
}
