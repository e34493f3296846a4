/** The bytes of all clients, counted where Engine.IO hands packets on: without frames, headers and compression. */
import type { Server } from 'socket.io';
import {
  countPackets,
  type CountedConnection,
  type PacketCounter,
} from '../../connections/observing/packet-counters.js';
import { Counter, type Family } from './families.js';

export interface CountedEngine {
  readonly clients: Readonly<Record<string, CountedConnection>>;
  on(event: 'connection', listener: (connection: CountedConnection) => void): unknown;
  off(event: 'connection', listener: (connection: CountedConnection) => void): unknown;
}

export class Traffic implements PacketCounter {
  readonly #received = new Counter('colloquy_received_bytes_total', 'Bytes that clients have sent.', ['transport']);
  readonly #sent = new Counter('colloquy_sent_bytes_total', 'Bytes that were sent to clients.', ['transport']);
  readonly #engines = new Set<CountedEngine>();
  #isOver = false;

  /** Counts for the clients that an engine has and gets. */
  watch(engine: Server['engine'] | CountedEngine | undefined): void {
    const counted = engine as CountedEngine | undefined;
    if (!counted || this.#engines.has(counted)) return;
    this.#engines.add(counted);
    for (const connection of Object.values(counted.clients)) this.#count(connection);
    counted.on('connection', this.#count);
  }

  close(): void {
    this.#isOver = true;
    for (const engine of this.#engines) engine.off('connection', this.#count);
  }

  families(): Family[] {
    return [this.#received.family(), this.#sent.family()];
  }

  received({ transport }: CountedConnection, bytes: number): void {
    if (!this.#isOver) this.#received.add([transport.name], bytes);
  }

  sent({ transport }: CountedConnection, bytes: number): void {
    if (!this.#isOver) this.#sent.add([transport.name], bytes);
  }

  readonly #count = (connection: CountedConnection): void => countPackets(connection, this);
}
