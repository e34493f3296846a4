/** Many clients of one measured node. */
import { Client, Packet } from '../load/client.js';
import { frame } from '../load/frames.js';
import type { MeasuredNode } from './processes.js';

/** How many connect at a time. */
const TOGETHER = 50;

export class Crowd {
  readonly #clients: Client[] = [];

  private constructor(private readonly node: MeasuredNode) {}

  static async open(node: MeasuredNode, count: number): Promise<Crowd> {
    const crowd = new Crowd(node);
    await crowd.grow(count);
    return crowd;
  }

  async grow(by: number): Promise<void> {
    for (let rest = by; rest > 0; rest -= TOGETHER) {
      const next = Array.from({ length: Math.min(TOGETHER, rest) }, () => Client.connect(this.node.port, 1));
      this.#clients.push(...(await Promise.all(next)));
    }
  }

  /** A broadcast in each turn of the event loop, so that each is a write to each client. Resolves when all have all. */
  async deliver(broadcasts: number): Promise<void> {
    const all = this.#each(Packet.event, broadcasts);
    await this.node.ask('broadcast', { count: broadcasts });
    await all;
  }

  /** Every client calls a handler so many times, and gets as many answers. */
  async call(times: number): Promise<void> {
    const all = this.#each(Packet.ack, times);
    for (let n = 0; n < times; n++) {
      for (const client of this.#clients) client.write(frame(`42/bench,${n}["event ${n % 48}"]`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  #each(wanted: number, times: number): Promise<void> {
    let waiting = times * this.#clients.length;
    return new Promise((resolve) => {
      for (const client of this.#clients) {
        client.onPacket = (type) => {
          if (type === wanted && --waiting === 0) resolve();
        };
      }
    });
  }
}
