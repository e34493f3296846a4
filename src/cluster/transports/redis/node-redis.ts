/** A client of the package `redis` as a {@link RedisClient}. */
import type { createClient, createCluster } from 'redis';
import type { RedisClient } from './redis-client.js';

type Client = ReturnType<typeof createClient>;
type ClusterClient = ReturnType<typeof createCluster>;

/** @param client of version 5 or later, not yet connected */
export function fromNodeRedis(client: Client): RedisClient {
  let lost: (reason: unknown) => void = () => {};
  client.on('error', (error: unknown) => lost(error));
  client.on('end', () => lost(new Error('the connection was closed')));
  client.on('sharded-channel-moved', () => lost(new Error('the channels have moved to another server')));
  let receive: (frame: Buffer, channel: Buffer) => void = () => {};
  const self: RedisClient = {
    sharded: false,
    // A client that was made elsewhere tries for ever; the first error is enough, as a new one is made then.
    connect: () =>
      new Promise((resolve, reject) => {
        if (client.isReady) return resolve();
        client.once('error', reject);
        client.connect().then(() => resolve(), reject);
      }),
    onLost: (listener) => {
      lost = (reason) => {
        lost = () => {};
        listener(reason);
      };
    },
    publish: (channel, frame) => (self.sharded ? client.sPublish(channel, frame) : client.publish(channel, frame)),
    onFrame: (listener) => {
      receive = (frame, channel) => listener(String(channel), frame);
    },
    subscribe: (channels) =>
      self.sharded ? client.sSubscribe([...channels], receive, true) : client.subscribe([...channels], receive, true),
    unsubscribe: (channels) =>
      self.sharded
        ? client.sUnsubscribe([...channels], receive, true)
        : client.unsubscribe([...channels], receive, true),
    command: async (...parts) => client.sendCommand(parts),
    another: (host, port) => {
      const { socket } = client.options ?? {};
      const address = { url: undefined as never, socket: { ...socket, host, port } as typeof socket, database: 0 };
      return fromNodeRedis(host === undefined ? client.duplicate() : client.duplicate(address as object));
    },
    close: () => (client.isReady ? client.close() : Promise.resolve()),
    // One that closes waits for what a dead connection will never answer, and is not "open" any more.
    destroy: () => {
      try {
        client.destroy();
      } catch {
        // Version 5 says so if there is nothing left to end.
      }
    },
  };
  return self;
}

/** A client for one of the masters that a cluster client knows; the cluster client is closed. */
export async function fromNodeRedisCluster(cluster: ClusterClient): Promise<RedisClient> {
  cluster.on('error', () => {});
  try {
    if (!cluster.isOpen) await cluster.connect();
    const [master] = cluster.masters;
    if (!master) throw new Error('the cluster has no master');
    const client = await cluster.nodeClient(master);
    return fromNodeRedis(client.duplicate() as unknown as Client);
  } finally {
    cluster.destroy();
  }
}
