/** The relay of the engine `local`: passes packets on between the processes of one machine. */
import { createServer, type Server, type Socket } from 'node:net';
import { MAX_QUEUED } from '../transport.js';
import { Kind, NOBODY, packet, type Packet, readPackets, writeTogether } from './packets.js';

/** Passes packets on between the processes that are connected to it with the same secret and prefix. */
export class Relay {
  readonly #nodes = new Map<Socket, { uid: string; prefix: string; topics: readonly string[] }>();
  readonly #server: Server;

  constructor(private readonly secret: string) {
    this.#server = createServer({ noDelay: true }, (socket) => this.#welcome(socket));
  }

  /** The port that it listens on. Rejects with EADDRINUSE when another process was first. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      // Exclusive: under Node's cluster, processes would share the port otherwise, and each would be a relay.
      this.#server.listen({ port, host, exclusive: true }, () => {
        this.#server.off('error', reject).on('error', () => {});
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#nodes.keys()) socket.destroySoon();
    return closed;
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('close', () => this.#nodes.delete(socket));
    readPackets(
      socket,
      (received) => this.#onPacket(socket, received),
      () => socket.destroy(),
    );
  }

  #onPacket(socket: Socket, { kind, uid, payload }: Packet): void {
    const node = this.#nodes.get(socket);
    if (!node) {
      const [secret, prefix = '', ...topics] = payload.toString().split('\n');
      if (kind !== Kind.hello || secret !== this.secret) return void socket.end(packet(Kind.refused, NOBODY));
      const node = uid === NOBODY ? [] : ['all', uid];
      this.#nodes.set(socket, { uid, prefix, topics: topics.length > 0 ? topics : node });
      socket.setTimeout(0);
      socket.write(packet(Kind.welcome, NOBODY));
    } else if (kind === Kind.frame) {
      this.#pass(node.prefix, uid, packet(Kind.frame, uid, payload));
    } else if (kind === Kind.probe) {
      const present = [...this.#nodes.values()].some((other) => other.uid === uid && other.prefix === node.prefix);
      socket.write(packet(Kind.presence, uid, Buffer.from([present ? 1 : 0])));
    }
  }

  #pass(prefix: string, to: string, bytes: Buffer): void {
    for (const [socket, node] of this.#nodes) {
      if (node.prefix !== prefix || !node.topics.includes(to === NOBODY ? 'all' : to)) continue;
      if (socket.writableLength > MAX_QUEUED) socket.destroy();
      else writeTogether(socket, bytes);
    }
  }
}
