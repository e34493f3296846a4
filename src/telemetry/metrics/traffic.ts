/** The bytes of all clients, counted where Engine.IO hands packets on: without frames, headers and compression. */
import type { Server } from 'socket.io';
import { Counter, type Family } from './families.js';

interface Packet {
  readonly data?: string | ArrayBuffer | NodeJS.ArrayBufferView;
}

/** The parts of an Engine.IO connection that are used here. */
interface EngineConnection {
  readonly transport: { readonly name: string };
  on(event: 'packet' | 'packetCreate', listener: (packet: Packet) => void): unknown;
}

export interface CountedEngine {
  readonly clients: Readonly<Record<string, EngineConnection>>;
  on(event: 'connection', listener: (connection: EngineConnection) => void): unknown;
  off(event: 'connection', listener: (connection: EngineConnection) => void): unknown;
}

export class Traffic {
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

  readonly #count = (connection: EngineConnection): void => {
    connection.on('packet', ({ data }) => this.#add(this.#received, connection, data));
    connection.on('packetCreate', ({ data }) => this.#add(this.#sent, connection, data));
  };

  #add(counter: Counter, { transport }: EngineConnection, data: Packet['data']): void {
    if (!this.#isOver) counter.add([transport.name], data === undefined ? 0 : Buffer.byteLength(data));
  }
}
