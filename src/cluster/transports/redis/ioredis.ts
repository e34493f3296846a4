/** A client of the package `ioredis` as a {@link RedisClient}. */
import type { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.js';

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
    onFrame: (listener) => {
      client.on('messageBuffer', (channel: Buffer, frame: Buffer) => listener(String(channel), frame));
    },
    subscribe: async (channels) => void (await client.subscribe(...channels)),
    unsubscribe: async (channels) => void (await client.unsubscribe(...channels)),
    subscribers: async (channel) => Number((await client.pubsub('NUMSUB', channel))[1] ?? 0),
    command: (name, ...args) => client.call(name, ...args),
    close: () => (client.status === 'ready' ? client.quit() : Promise.resolve()),
    destroy: () => client.disconnect(),
  };
}
