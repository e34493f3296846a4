/** A client of the package `ioredis` as a {@link RedisClient}. */
import type { Cluster, Redis } from 'ioredis';
import type { RedisClient } from './redis-client.js';

const CLOSED = 'the connection was closed';

/** @param client connected, or with `lazyConnect` */
export function fromIoredis(client: Redis): RedisClient {
  let lost: (reason: unknown) => void = () => {};
  client.on('error', (error) => lost(error));
  client.on('close', () => lost(new Error(CLOSED)));
  client.on('moved' as 'close', () => lost(new Error('the channels have moved to another server')));
  const self: RedisClient = {
    sharded: false,
    connect: () =>
      new Promise((resolve, reject) => {
        if (client.status === 'ready') return resolve();
        client.once('ready', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error(CLOSED)));
        if (client.status === 'wait') client.connect().catch(reject);
      }),
    onLost: (listener) => {
      lost = (reason) => {
        lost = () => {};
        listener(reason);
      };
    },
    publish: (channel, frame) => (self.sharded ? client.spublish(channel, frame) : client.publish(channel, frame)),
    onFrame: (listener) => {
      const onMessage = (channel: Buffer, frame: Buffer): void => listener(String(channel), frame);
      client.on('messageBuffer', onMessage).on('smessageBuffer' as 'messageBuffer', onMessage);
    },
    subscribe: async (channels) =>
      void (await (self.sharded ? client.ssubscribe(...channels) : client.subscribe(...channels))),
    unsubscribe: async (channels) =>
      void (await (self.sharded ? client.sunsubscribe(...channels) : client.unsubscribe(...channels))),
    command: (name, ...args) => client.call(name, ...args),
    another: (host, port) => {
      const address = host === undefined ? {} : { host, port: port ?? 6379, path: undefined, db: 0 };
      return fromIoredis(client.duplicate({ ...address, lazyConnect: true } as object));
    },
    close: () => (client.status === 'ready' ? client.quit() : Promise.resolve()),
    destroy: () => client.disconnect(),
  };
  return self;
}

/** A client for one of the masters that a cluster client knows; the cluster client is closed. */
export async function fromIoredisCluster(cluster: Cluster): Promise<RedisClient> {
  cluster.on('error', () => {});
  try {
    if (cluster.status === 'wait') await cluster.connect();
    else if (cluster.status !== 'ready') {
      await new Promise<void>((resolve, reject) => {
        cluster
          .once('ready', () => resolve())
          .once('error', reject)
          .once('end', () => reject(new Error(CLOSED)));
      });
    }
    const [master] = cluster.nodes('master');
    if (!master) throw new Error('the cluster has no master');
    return fromIoredis(master.duplicate({ lazyConnect: true, readOnly: false }));
  } finally {
    cluster.disconnect();
  }
}
