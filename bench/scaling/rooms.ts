/** Clients of a whole cluster, in rooms: each message is a call that is answered, and broadcast to the caller's room. */
import { Client, Packet } from '../load/client.js';
import { frame } from '../load/frames.js';
import type { MeasuredNode } from './processes.js';

export interface Talk {
  readonly sent: number;
  readonly answered: number;
  readonly delivered: number;
  /** Milliseconds from each message to the last delivery of it, shortest first. */
  readonly delays: Float64Array;
}

interface Message {
  readonly sentAt: number;
  lastAt: number;
}

export class Rooms {
  #messages: Message[] = [];
  #answered = 0;
  #delivered = 0;
  #changed = (): void => {};

  private constructor(
    private readonly clients: readonly Client[],
    private readonly size: number,
  ) {
    for (const client of clients) client.onPacket = (type, data, start) => this.#hear(type, data, start);
  }

  /** Connects so many clients, each to a node that chance picks; `size` of them after another are one room. */
  static async open(nodes: readonly MeasuredNode[], count: number, size: number, random: () => number): Promise<Rooms> {
    const clients: Client[] = [];
    while (clients.length < count) {
      const { port } = nodes[Math.floor(random() * nodes.length)]!;
      clients.push(await Client.connect(port, 1));
    }
    const rooms = new Rooms(clients, size);
    clients.forEach((client, n) => client.write(frame(`42/bench,0["join","${rooms.#roomOf(n)}"]`)));
    await rooms.#until(() => rooms.#answered === count);
    return rooms;
  }

  /** So many messages per second, at random times and from random clients. Resolves when all have arrived. */
  async talk(rate: number, seconds: number, random: () => number): Promise<Talk> {
    this.#messages = [];
    this.#answered = this.#delivered = 0;
    const begin = performance.now();
    for (let at = 0; (at += (-Math.log(1 - random()) * 1000) / rate) < seconds * 1000;) {
      const early = begin + at - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      this.#say(Math.floor(random() * this.clients.length));
    }
    const messages = this.#messages;
    await this.#until(() => this.#answered === messages.length && this.#delivered === messages.length * this.size);
    return {
      sent: messages.length,
      answered: this.#answered,
      delivered: this.#delivered,
      delays: Float64Array.from(messages, ({ sentAt, lastAt }) => lastAt - sentAt).sort(),
    };
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  #roomOf(client: number): string {
    return `room ${Math.floor(client / this.size)}`;
  }

  #say(client: number): void {
    const n = this.#messages.length;
    const now = performance.now();
    this.#messages.push({ sentAt: now, lastAt: now });
    this.clients[client]!.write(frame(`42/bench,${n}["say","${this.#roomOf(client)}",${n}]`));
  }

  #hear(type: number, data: Buffer, start: number): void {
    if (type === Packet.ack) this.#answered++;
    if (type === Packet.event) {
      this.#delivered++;
      this.#messages[numberAt(data, start + '["said",'.length)]!.lastAt = performance.now();
    }
    this.#changed();
  }

  #until(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = () => {
        if (done()) resolve();
      };
      this.#changed();
    });
  }
}

/** The digits that begin there. */
function numberAt(data: Buffer, start: number): number {
  let value = 0;
  for (let at = start; data[at]! >= 0x30 && data[at]! <= 0x39; at++) value = value * 10 + data[at]! - 0x30;
  return value;
}
