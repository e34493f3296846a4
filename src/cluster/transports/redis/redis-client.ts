/** The methods of a Redis client that this project uses, whichever library it comes from. */

/** One connection to one Redis server. */
export interface RedisClient {
  /** Publishes and subscribes to the shards of a Redis Cluster, once this is true. */
  sharded: boolean;
  /** Rejects with the first error instead of trying again. */
  connect(): Promise<void>;
  /** Called once, when the connection is lost or fails, or when the server gives its channels away. */
  onLost(listener: (reason: unknown) => void): void;
  publish(channel: string, frame: Buffer): Promise<unknown>;
  /** Sets the receiver of subscribed messages; must be called before the first subscription. */
  onFrame(listener: (channel: string, frame: Buffer) => void): void;
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  /** Sends any command, and returns the reply as Redis says it, texts as strings. */
  command(name: string, ...args: string[]): Promise<unknown>;
  /** A client for another server with the same options, or for the same one; not yet connected. */
  another(host?: string, port?: number): RedisClient;
  /** Waits for what was sent. */
  close(): Promise<unknown>;
  destroy(): void;
}

/** How many subscribers a channel has at this server. */
export async function subscribersOf(client: RedisClient, channel: string): Promise<number> {
  const reply = await client.command('PUBSUB', client.sharded ? 'SHARDNUMSUB' : 'NUMSUB', channel);
  return Number((reply as unknown[])[1] ?? 0);
}
