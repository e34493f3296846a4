/** A client of the package `redis` as a {@link RedisClient}. */
import type { createClient } from 'redis';
import type { RedisClient } from './redis-client.js';

/** @param made a client of the package `redis`, version 5 or later, not yet connected */
export function fromNodeRedis(made: unknown): RedisClient {
  const client = made as ReturnType<typeof createClient>;
  let lost: (reason: unknown) => void = () => {};
  client.on('error', (error: unknown) => lost(error));
  client.on('end', () => lost(new Error('the connection was closed')));
  let receive: (frame: Buffer, channel: Buffer) => void = () => {};
  // One that closes waits for what a dead connection will never answer, and is not "open" any more.
  const destroy = (): void => {
    try {
      client.destroy();
    } catch {
      // Version 5 says so where there is nothing left to end.
    }
  };
  return {
    // A client that was made elsewhere tries for ever; the first error is enough, as a new one is made then.
    connect: () =>
      new Promise((resolve, reject) => {
        client.once('error', reject);
        client.connect().then(() => resolve(), reject);
      }),
    onLost: (listener) => {
      lost = (reason) => {
        lost = () => {};
        listener(reason);
      };
    },
    publish: (channel, frame) => client.publish(channel, frame),
    onFrame: (listener) => {
      receive = (frame, channel) => listener(String(channel), frame);
    },
    subscribe: (channels) => client.subscribe([...channels], receive, true),
    unsubscribe: (channels) => client.unsubscribe([...channels], receive, true),
    subscribers: async (channel) => Number((await client.pubSubNumSub([channel]))[channel] ?? 0),
    command: (...parts) => client.sendCommand(parts),
    close: () => (client.isReady ? client.close() : Promise.resolve()),
    destroy,
  };
}
