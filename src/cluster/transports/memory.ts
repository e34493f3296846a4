/** The engine `memory`: several nodes inside one process, for tests. */
import { AdapterError } from '../errors.js';
import {
  FRAME,
  type Session,
  type SessionEvents,
  type Topic,
  topicsOf,
  type Transport,
  type TransportContext,
} from './transport.js';

/**
 * The option `client` of the memory adapter: it calls `deliver` in a later tick. A test kit that waits until nothing is
 * on its way brings one that counts.
 */
export interface Courier {
  later(deliver: () => void): void;
}

const nextTurn: Courier = { later: (deliver) => void setImmediate(deliver) };

/** The nodes of one process that have the same URL and prefix. Frames are delivered in order, in a later tick. */
class MemoryBus {
  readonly sessions = new Set<{ uid: string | null; topics: readonly Topic[]; deliver: (frame: Buffer) => void }>();
  #queue: { topic: string; frame: Buffer }[] = [];

  publish(topic: string, frame: Buffer, courier: Courier): void {
    if (this.#queue.push({ topic, frame }) === 1) courier.later(() => this.#drain());
  }

  #drain(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const { topic, frame } of queue) {
      for (const { topics, deliver } of this.sessions) if (topics.includes(topic)) deliver(frame);
    }
  }
}

const buses = new Map<string, MemoryBus>();

/**
 * Several nodes inside one process (`memory://name`, same name: same cluster), for tests: broadcasts, `fetchSockets`
 * and the like go between them as between processes, with no broker.
 */
export class MemoryTransport implements Transport {
  readonly engine = 'memory';
  readonly #courier: Courier;

  constructor(private readonly context: TransportContext) {
    this.#courier = courierOf(context.client?.());
  }

  connect(events: SessionEvents): Promise<Session> {
    const key = `${this.context.url.href} ${this.context.prefix}`;
    const bus = buses.get(key) ?? new MemoryBus();
    buses.set(key, bus);
    const { sessions } = bus;
    const self = {
      uid: this.context.uid,
      topics: topicsOf(this.context),
      deliver: (frame: Buffer) => events.frame(frame),
    };
    sessions.add(self);
    return Promise.resolve({
      maxFrame: FRAME,
      publish: (topic, frame) => {
        bus.publish(topic, frame, this.#courier);
        return true;
      },
      probe: (uid) => Promise.resolve([...sessions].some((session) => session.uid === uid)),
      close: () => {
        sessions.delete(self);
        if (sessions.size === 0) buses.delete(key);
        return Promise.resolve();
      },
    });
  }
}

function courierOf(client: unknown): Courier {
  if (client === undefined) return nextTurn;
  if (typeof (client as Partial<Courier> | null)?.later === 'function') return client as Courier;
  throw new AdapterError('option', 'the memory adapter takes no client');
}
