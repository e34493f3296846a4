import type { Redis } from 'ioredis';
import type { RedisClient } from './redis.js';

/** @param made a client of the package `ioredis`, connected or with `lazyConnect` */
export function fromIoredis(made: unknown): RedisClient {
  const client = made as Redis;
  let lost: (reason: unknown) => void = () => {};
  client.on('error', (error) => lost(error));
  client.on('close', () => lost(new Error('the connection was closed')));
  return {
    connect: () =>
      new Promise((resolve, reject) => {
        if (client.status === 'ready') return resolve();
        client.once('ready', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('the connection was closed')));
        if (client.status === 'wait') client.connect().catch(reject);
      }),
    onLost: (listener) => {
      lost = (reason) => {
        lost = () => {};
        listener(reason);
      };
    },
    publish: (channel, frame) => client.publish(channel, frame),
    subscribe: async (channels, listener) => {
      client.on('messageBuffer', (_channel: Buffer, frame: Buffer) => listener(frame));
      await client.subscribe(...channels);
    },
    subscribers: async (channel) => Number((await client.pubsub('NUMSUB', channel))[1] ?? 0),
    close: () => (client.status === 'ready' ? client.quit() : Promise.resolve()),
    destroy: () => client.disconnect(),
  };
}
