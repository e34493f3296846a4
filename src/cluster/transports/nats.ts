/** The engine `nats`: subjects of core NATS. */
import type { ConnectionOptions, NatsConnection } from 'nats';
import {
  Backlog,
  FRAME,
  loadLibrary,
  type Session,
  type SessionEvents,
  type Transport,
  type TransportContext,
} from './transport.js';

/** So many bytes are sent between two round trips that show what the server has taken. */
const FLUSH_EVERY = 256 * 1024;
const PROBE_TIMEOUT = 1000;

/**
 * Core NATS: one subject for all and one per node below the prefix. With `@nats-io/transport-node`, or with `nats`
 * without it.
 */
export class NatsTransport implements Transport {
  readonly engine = 'nats';

  constructor(private readonly context: TransportContext) {}

  async connect(events: SessionEvents): Promise<Session> {
    const { uid } = this.context;
    const base = this.context.prefix.replace(/[^\w-]/g, '_');
    const nats = await this.#open();
    void nats.closed().then((error) => events.closed(error ?? new Error('the connection was closed')));
    for (const topic of uid ? ['all', uid] : []) {
      nats.subscribe(`${base}.${topic}`, {
        callback: (error, message) => {
          if (error) events.closed(error);
          else if (message.data.length > 0) events.frame(toBuffer(message.data));
          else if (message.reply) message.respond();
        },
      });
    }
    await nats.flush();
    return {
      maxFrame: Math.min(FRAME, nats.info?.max_payload ?? FRAME),
      publish: publisher(nats, base),
      probe: (node) => isPresent(nats, `${base}.${node}`),
      close: async () => {
        if (nats.isClosed()) return;
        const sent = nats.flush().catch(() => {});
        await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
        await nats.close();
      },
    };
  }

  async #open(): Promise<NatsConnection> {
    const { client, url } = this.context;
    if (client) return (await client()) as NatsConnection;
    const options: ConnectionOptions = {
      servers: `${url.hostname || '127.0.0.1'}:${url.port || 4222}`,
      reconnect: false,
      timeout: 5000,
      pingInterval: 10_000,
      ...credentials(url),
    };
    // Named by a variable, so that neither package need be installed to compile.
    const current: string = '@nats-io/transport-node';
    try {
      const library = (await import(current)) as typeof import('nats');
      return await library.connect(options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
      const library = await loadLibrary(() => import('nats'), 'nats', 'nats');
      return library.connect(options);
    }
  }
}

/** `nats://user:password@host`, or `nats://token@host`. */
function credentials(url: URL): ConnectionOptions {
  if (!url.username) return {};
  const user = decodeURIComponent(url.username);
  return url.password ? { user, pass: decodeURIComponent(url.password) } : { token: user };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function publisher(nats: NatsConnection, base: string): Session['publish'] {
  const backlog = new Backlog();
  let unflushed = 0;
  return (topic, frame) => {
    if (!backlog.take(frame.length)) return false;
    nats.publish(`${base}.${topic}`, frame);
    unflushed += frame.length;
    if (unflushed >= FLUSH_EVERY) {
      const bytes = unflushed;
      unflushed = 0;
      nats.flush().then(
        () => backlog.release(bytes),
        () => {},
      );
    }
    return true;
  };
}

/** The server answers at once when nobody subscribes. */
async function isPresent(nats: NatsConnection, subject: string): Promise<boolean> {
  try {
    await nats.request(subject, new Uint8Array(0), { timeout: PROBE_TIMEOUT });
    return true;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return !(code === '503' || name === 'NoRespondersError' || isNoResponders(error));
  }
}

/** How `@nats-io/transport-node` 3 says it. */
function isNoResponders(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'NoRespondersError';
}
