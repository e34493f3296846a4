/** The metrics that are read from the application when they are asked for. */
import type { Namespace, Server } from 'socket.io';
import { subscriberFailures } from '../../base/channels/channel.js';
import { counted as countedKinds, type Counts } from '../../base/counters.js';
import type { AdapterHealth } from '../../cluster/index.js';
import { connectionOf } from '../../connections/connection.js';
import { counted, type Family, gauge, samplesBy, single } from './families.js';

/** How the application is now. */
export interface ApplicationState {
  readonly closing: boolean;
  readonly calls: number;
  readonly transports: Readonly<Record<string, number>>;
  readonly counts: Counts;
  readonly adapter?: AdapterHealth;
  /** The bytes that wait to be sent: of all clients, and of the one that is furthest behind. */
  readonly sendBuffers: { readonly total: number; readonly largest: number };
}

export function stateFamilies(io: Server, state: ApplicationState): Family[] {
  const { sockets, queued } = lookAt(io);
  const { total, largest } = state.sendBuffers;
  const counts = { ...Object.fromEntries(countedKinds.map((kind) => [kind, 0])), ...state.counts };
  const transports = { websocket: 0, polling: 0, ...state.transports };
  return [
    gauge('colloquy_connections', 'Transports that are open.', samplesBy('transport', transports)),
    gauge('colloquy_sockets', 'Clients in the namespaces of controllers.', samplesBy('namespace', sockets)),
    gauge('colloquy_calls_running', 'Calls that are not answered yet.', single(state.calls)),
    gauge('colloquy_calls_queued', 'Calls that wait for their turn.', single(queued)),
    gauge('colloquy_send_buffer_bytes', 'Bytes that wait to be sent, of all clients.', single(total)),
    gauge('colloquy_send_buffer_largest_bytes', 'Bytes that wait to be sent to one client, at most.', single(largest)),
    gauge('colloquy_closing', 'Whether the application shuts down.', single(Number(state.closing))),
    counted(
      'colloquy_drops_total',
      'Dropped, refused and cut-off things, by the kinds of app.health().counts.',
      samplesBy('kind', counts),
    ),
    counted(
      'colloquy_subscriber_failures_total',
      'Failures of subscribers to the channels, in this process.',
      single(subscriberFailures()),
    ),
    ...(state.adapter ? busFamilies(state.adapter) : []),
  ];
}

function lookAt(io: Server): { readonly sockets: Record<string, number>; readonly queued: number } {
  const sockets: Record<string, number> = {};
  let queued = 0;
  for (const namespace of io._nsps.values() as Iterable<Namespace>) {
    for (const socket of namespace.sockets.values()) {
      const connection = connectionOf(socket);
      if (!connection) continue;
      const { label } = connection.served.plan;
      sockets[label] = (sockets[label] ?? 0) + 1;
      queued += connection.queue?.length ?? 0;
    }
  }
  return { sockets, queued };
}

function busFamilies({
  engine,
  state,
  nodes,
  sent,
  received,
  missed,
  dropped,
  malformed,
  buffered,
}: AdapterHealth): Family[] {
  const of = (value: number) => samplesBy('engine', { [engine]: value });
  return [
    gauge('colloquy_bus_up', 'Whether the broker can be used.', of(Number(state === 'up'))),
    gauge('colloquy_bus_nodes', 'Nodes that are known to live, this one included.', of(nodes)),
    gauge('colloquy_bus_buffered', 'Messages that wait for the broker.', of(buffered)),
    counted('colloquy_bus_published_total', 'Messages that were sent to other nodes.', of(sent)),
    counted('colloquy_bus_received_total', 'Messages of other nodes.', of(received)),
    counted('colloquy_bus_missed_total', 'Messages of other nodes that never came.', of(missed)),
    counted('colloquy_bus_dropped_total', 'Messages that no other node got.', of(dropped)),
    counted('colloquy_bus_malformed_total', 'Messages that were none of ours.', of(malformed)),
  ];
}
