/** The engine `local`: the processes of one machine, without a broker. */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { AdapterError } from '../../errors.js';
import { Kind, LOCAL_ADDRESS, NOBODY, packet, readPackets, writeTogether } from './packets.js';
import { Relay } from './relay.js';
import {
  FRAME,
  MAX_QUEUED,
  type Session,
  type SessionEvents,
  topicsOf,
  type Transport,
  type TransportContext,
} from '../transport.js';

interface Address {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

/**
 * The processes of one machine, with no broker: the first to bind the loopback port relays for all; when it ends,
 * another does. `local:` (a port made from the prefix), or `local://:secret@127.0.0.1:7100`. The port is open to every
 * user of the machine, so give it a secret if not all of them are trusted.
 */
export class LocalTransport implements Transport {
  readonly engine = 'local';
  readonly #address: Address;
  #relay: Relay | undefined;

  constructor(private readonly context: TransportContext) {
    if (context.client) throw new AdapterError('option', 'the local adapter takes no client');
    this.#address = addressOf(context);
  }

  async connect(events: SessionEvents): Promise<Session> {
    try {
      return await this.#join(events);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      const relay = new Relay(this.#address.secret);
      // Of several processes that find no relay, the port lets one become it.
      await relay.listen(this.#address.port, this.#address.host);
      this.#relay = relay;
      return this.#join(events);
    }
  }

  async stop(): Promise<void> {
    await this.#relay?.close();
  }

  #join(events: SessionEvents): Promise<Session> {
    const { host, port, secret } = this.#address;
    const socket = connect({ host, port, noDelay: true });
    const probes = new Map<string, ((present: boolean) => void)[]>();
    return new Promise((resolve, reject) => {
      socket.setTimeout(5000, () => socket.destroy());
      socket.on('error', reject);
      socket.on('close', () => {
        reject(new Error(`${host}:${port} is no relay of ours`));
        events.closed(new Error('the relay is gone'));
        for (const waiting of probes.values()) for (const answer of waiting) answer(true);
      });
      socket.on('connect', () => {
        socket.write(
          packet(
            Kind.hello,
            this.context.uid ?? NOBODY,
            Buffer.from([secret, this.context.prefix, ...topicsOf(this.context)].join('\n')),
          ),
        );
      });
      readPackets(
        socket,
        ({ kind, uid, payload }) => {
          if (kind === Kind.frame) events.frame(payload);
          else if (kind === Kind.welcome) resolve(sessionOf(socket, probes));
          else if (kind === Kind.refused) reject(new AdapterError('credentials', 'the secret of the relay is another'));
          else if (kind === Kind.presence) {
            for (const answer of probes.get(uid) ?? []) answer(payload[0] === 1);
            probes.delete(uid);
          }
        },
        () => socket.destroy(),
      );
    });
  }
}

function sessionOf(socket: Socket, probes: Map<string, ((present: boolean) => void)[]>): Session {
  socket.setTimeout(0);
  return {
    maxFrame: FRAME,
    publish: (topic, frame) => {
      if (socket.writableLength > MAX_QUEUED) return false;
      writeTogether(socket, packet(Kind.frame, topic === 'all' ? NOBODY : topic, frame));
      return true;
    },
    probe: (uid) =>
      new Promise((resolve) => {
        probes.set(uid, [...(probes.get(uid) ?? []), resolve]);
        socket.write(packet(Kind.probe, uid));
      }),
    close: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once('close', () => resolve());
        socket.end();
        setTimeout(() => socket.destroy(), 1000).unref();
      }),
  };
}

function addressOf({ url, prefix }: TransportContext): Address {
  const named = url.host || !process.env[LOCAL_ADDRESS] ? url : new URL(process.env[LOCAL_ADDRESS]);
  const ownPort = 20_000 + (createHash('sha256').update(prefix).digest().readUInt32BE(0) % 10_000);
  return {
    host: named.hostname || '127.0.0.1',
    port: Number(named.port) || ownPort,
    secret: decodeURIComponent(named.password),
  };
}
