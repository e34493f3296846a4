/** What this project needs of a Redis client, whichever library it comes from. */

/** One connection to one Redis server. */
export interface RedisClient {
  /** Rejects with the first error instead of trying again. */
  connect(): Promise<void>;
  /** Called once, when the connection is lost or fails. */
  onLost(listener: (reason: unknown) => void): void;
  publish(channel: string, frame: Buffer): Promise<unknown>;
  /** Where what comes in through subscriptions goes; to be called before the first of them. */
  onFrame(listener: (channel: string, frame: Buffer) => void): void;
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  subscribers(channel: string): Promise<number>;
  /** Sends any command, and gives the reply as Redis says it, texts as strings. */
  command(name: string, ...args: string[]): Promise<unknown>;
  /** Waits for what was sent. */
  close(): Promise<unknown>;
  destroy(): void;
}
