import { AdapterError } from '../errors.js';
import { FRAME, type Session, type SessionEvents, type Transport, type TransportContext } from './transport.js';

/** The nodes of one process that have the same URL and prefix. Frames are delivered in order, in a later tick. */
class MemoryBus {
  readonly sessions = new Set<{ uid: string | null; deliver: (frame: Buffer) => void }>();
  #queue: { topic: string; frame: Buffer }[] = [];

  publish(topic: string, frame: Buffer): void {
    if (this.#queue.push({ topic, frame }) === 1) setImmediate(() => this.#drain());
  }

  #drain(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const { topic, frame } of queue) {
      for (const { uid, deliver } of this.sessions) if (uid && (topic === 'all' || topic === uid)) deliver(frame);
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
  readonly #bus: MemoryBus;

  constructor(private readonly context: TransportContext) {
    if (context.client) throw new AdapterError('option', 'the memory adapter takes no client');
    const key = `${context.url.href} ${context.prefix}`;
    let bus = buses.get(key);
    if (!bus) buses.set(key, (bus = new MemoryBus()));
    this.#bus = bus;
  }

  connect(events: SessionEvents): Promise<Session> {
    const { sessions } = this.#bus;
    const self = { uid: this.context.uid, deliver: (frame: Buffer) => events.frame(frame) };
    sessions.add(self);
    return Promise.resolve({
      maxFrame: FRAME,
      publish: (topic, frame) => {
        this.#bus.publish(topic, frame);
        return true;
      },
      probe: (uid) => Promise.resolve([...sessions].some((session) => session.uid === uid)),
      close: () => {
        sessions.delete(self);
        return Promise.resolve();
      },
    });
  }
}
