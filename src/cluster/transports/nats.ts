/** The engine `nats`: subjects of core NATS. */
import { importOptional } from '../../base/packages/optional.js';
import type { ConnectionOptions, NatsConnection } from 'nats';
import {
  Backlog,
  FRAME,
  missingLibrary,
  type Session,
  type SessionEvents,
  topicsOf,
  type Transport,
  type TransportContext,
} from './transport.js';

/** So many bytes are sent between two round trips that show what the server has taken. */
const FLUSH_EVERY = 256 * 1024;
const PROBE_TIMEOUT = 1000;

/** Core NATS: one subject for all and one per node below the prefix. */
export class NatsTransport implements Transport {
  readonly engine = 'nats';

  constructor(private readonly context: TransportContext) {}

  async connect(events: SessionEvents): Promise<Session> {
    const base = this.context.prefix.replace(/[^\w-]/g, '_');
    const nats = await this.#open();
    void nats.closed().then((error) => events.closed(error ?? new Error('the connection was closed')));
    for (const topic of topicsOf(this.context)) {
      nats.subscribe(`${base}.${topic}`, {
        callback: (error, message) => {
          if (error) events.closed(error);
          else if (message.data.length > 0) events.frame(toBuffer(message.data));
          else if (message.reply) message.respond();
        },
      });
    }
    await checkRights(nats, base);
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
    const { client, url, urls = [url] } = this.context;
    if (client) return (await client()) as NatsConnection;
    const options: ConnectionOptions = {
      servers: urls.map(({ hostname, port }) => `${hostname || '127.0.0.1'}:${port || 4222}`),
      reconnect: false,
      timeout: 5000,
      pingInterval: 10_000,
      ...credentials(url),
    };
    const { connect } = await loadNats();
    try {
      return await connect(options);
    } catch (error) {
      // The message of version 3 leaves out the reason.
      const { cause } = error as Error;
      throw cause instanceof Error && !(error as { code?: unknown }).code ? cause : error;
    }
  }
}

/** The package that is kept up, or the one before it. */
async function loadNats(): Promise<Pick<typeof import('nats'), 'connect'>> {
  try {
    // The parts that are used here are the same in both.
    return await importOptional<typeof import('nats')>('@nats-io/transport-node');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return importOptional<typeof import('nats')>('nats').catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
      throw missingLibrary('nats', 'nats', cause, ' (or @nats-io/transport-node, its successor)');
    });
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

/** @throws what the server says against publishing; what it has against a subscription goes to its callback */
async function checkRights(nats: NatsConnection, base: string): Promise<void> {
  let refusal: unknown;
  const watch = async (): Promise<void> => {
    for await (const status of nats.status()) {
      const { data, error } = status as { data?: unknown; error?: unknown };
      if (/permission/i.test(`${String(data)} ${String(error)}`)) refusal ??= error ?? data;
    }
  };
  void watch().catch(() => {});
  nats.publish(`${base}.all`, new Uint8Array(0));
  await nats.flush();
  // The statuses that came before the answer are read in this turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (refusal === undefined) return;
  await nats.close();
  throw refusal instanceof Error ? refusal : new Error(`permissions violation: ${JSON.stringify(refusal)}`);
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

/** The server answers at once if there is no subscriber. */
async function isPresent(nats: NatsConnection, subject: string): Promise<boolean> {
  try {
    await nats.request(subject, new Uint8Array(0), { timeout: PROBE_TIMEOUT });
    return true;
  } catch (error) {
    return !hasNoResponders(error);
  }
}

/** How `nats` 2 says it, and how `@nats-io/transport-node` 3 does. */
function hasNoResponders(error: unknown): boolean {
  const { code, isNoResponders } = error as { code?: string; isNoResponders?: () => boolean };
  return code === '503' || (typeof isNoResponders === 'function' && isNoResponders.call(error));
}
