/** The engine `rabbitmq`: one exchange, and a queue for each node. */
import { importOptional } from '../../base/packages/optional.js';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import {
  FRAME,
  loadLibrary,
  MAX_QUEUED,
  type Session,
  type SessionEvents,
  type Topic,
  topicsOf,
  type Transport,
  type TransportContext,
} from './transport.js';

/** Seconds between the heartbeats of AMQP itself, if the URL does not say. */
const HEARTBEAT = '10';

/**
 * RabbitMQ: one direct exchange named by the prefix, one exclusive queue per node that is bound to `all` and to the
 * node's id. Nothing is durable and nothing acknowledged: what a node cannot take in time is dropped by its queue.
 */
export class RabbitTransport implements Transport {
  readonly engine = 'rabbitmq';

  constructor(private readonly context: TransportContext) {}

  async connect(events: SessionEvents): Promise<Session> {
    const model = await this.#open();
    model.on('error', (error) => events.closed(error));
    model.on('close', (error) => events.closed(error ?? new Error('the connection was closed')));
    model.on('blocked', (reason) => events.blocked(reason));
    model.on('unblocked', () => events.blocked(null));
    try {
      return await this.#setUp(model, events);
    } catch (error) {
      await model.close().catch(() => {});
      throw error;
    }
  }

  async #open(): Promise<ChannelModel> {
    if (this.context.client) return (await this.context.client()) as ChannelModel;
    const { default: amqplib } = await loadLibrary(
      () => importOptional<{ default: typeof import('amqplib') }>('amqplib'),
      'rabbitmq',
      'amqplib',
    );
    const url = new URL(this.context.url);
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', HEARTBEAT);
    return amqplib.connect(url.href, { noDelay: true, keepAlive: true, timeout: 5000 });
  }

  async #setUp(model: ChannelModel, events: SessionEvents): Promise<Session> {
    const { prefix: exchange } = this.context;
    const channel = await model.createChannel();
    const probes = await model.createConfirmChannel();
    for (const each of [channel, probes]) {
      each.on('error', (error) => events.closed(error));
      each.on('close', () => events.closed(new Error('the channel was closed')));
    }
    await channel.assertExchange(exchange, 'direct', { durable: false });
    const topics = topicsOf(this.context);
    if (topics.length > 0) await consume(channel, exchange, topics, events);
    const probe = prober(probes, exchange);
    await checkRights(probes, () => probe('rights'));
    return {
      maxFrame: FRAME,
      publish: publisher(channel, exchange),
      probe,
      close: async () => {
        // The connection's own close may overtake what was published.
        await channel.close().catch(() => {});
        await model.close();
      },
    };
  }
}

/** @throws what the broker says against publishing: it closes the channel */
async function checkRights(channel: ConfirmChannel, probe: () => Promise<unknown>): Promise<void> {
  let fail: (error: unknown) => void = () => {};
  const closed = new Promise<never>((_resolve, reject) => (fail = reject));
  channel.once('error', fail);
  await Promise.race([probe(), closed]);
  channel.off('error', fail);
  closed.catch(() => {});
}

async function consume(
  channel: Channel,
  exchange: string,
  topics: readonly Topic[],
  events: SessionEvents,
): Promise<void> {
  const { queue } = await channel.assertQueue('', {
    exclusive: true,
    autoDelete: true,
    durable: false,
    arguments: { 'x-max-length': 100_000, 'x-max-length-bytes': MAX_QUEUED },
  });
  for (const key of topics) await channel.bindQueue(queue, exchange, key);
  await channel.consume(
    queue,
    (message) => {
      if (!message) events.closed(new Error('the queue was deleted'));
      else if (message.content.length > 0) events.frame(message.content);
    },
    { noAck: true },
  );
}

function publisher(channel: Channel, exchange: string): Session['publish'] {
  let queued = 0;
  channel.on('drain', () => (queued = 0));
  return (topic, frame) => {
    if (queued > MAX_QUEUED) return false;
    if (!channel.publish(exchange, topic, frame)) queued += frame.length;
    return true;
  };
}

/** A mandatory message that no queue is bound for comes back before it is confirmed. */
function prober(channel: ConfirmChannel, exchange: string): Session['probe'] {
  const returned = new Set<unknown>();
  let count = 0;
  channel.on('return', (message) => void returned.add(message.properties.messageId));
  return (uid) =>
    new Promise((resolve, reject) => {
      const messageId = String(++count);
      channel.publish(exchange, uid, Buffer.alloc(0), { mandatory: true, messageId }, (error) => {
        if (error) reject(new Error('the probe was refused'));
        else resolve(!returned.delete(messageId));
      });
    });
}
