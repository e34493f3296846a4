/** A parser whose packets are checked before anything touches them, whichever parser it is. */
import { callChannel } from '../../base/channels/index.js';
import { invalidPacket } from '../../base/channels/outcome.js';
import { noteCut } from '../observing/observed-connection.js';
import { whileAsking } from '../observing/outside.js';
import { noteBytes } from '../observing/packet-bytes.js';
import type { Intake } from './intake.js';

/** Characters of a namespace's name. */
export const LONGEST_NAMESPACE = 256;

/** A packet as a parser hands it over; nothing of it is certain. */
interface DecodedPacket {
  readonly type?: unknown;
  readonly nsp?: unknown;
  readonly id?: unknown;
  readonly data?: unknown;
}

type Listener = (...values: unknown[]) => void;

interface Decoder {
  /** The listeners of Socket.IO's own decoder, by their events. */
  readonly _callbacks?: { $decoded?: readonly Listener[] };
  add(data: unknown): void;
  on(event: string, listener: Listener): unknown;
}

/** The option `parser` of Socket.IO. */
export interface Parser {
  readonly Encoder: unknown;
  readonly Decoder: new (...options: unknown[]) => Decoder;
}

/** The packet types of the protocol; those of binary packets end up as the plain ones in some parsers, not in all. */
const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const ACK = 3;
const CONNECT_ERROR = 4;
const BINARY_EVENT = 5;
const BINARY_ACK = 6;

/** Names that Socket.IO keeps for itself; a client must not emit them. */
const reserved: ReadonlySet<unknown> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** Ends the transport, as an invalid packet does. */
const tooManyConnects = new Error('a client asks for namespaces too often (limits.connectRate)');

let opening: Intake | undefined;

/** The next decoder that is made belongs to the transport of this intake. */
export function openIntake(intake: Intake | undefined): void {
  opening = intake;
}

/** Returns the parser with decoders that count bytes and check packets. Encoders stay the same. */
export function checkedParser(parser: Parser): Parser {
  class CheckedDecoder extends parser.Decoder {
    readonly #intake = opening;
    #listener: Listener | undefined;

    /** Bytes of the packet that is being decoded. */
    #bytes = 0;

    override add(data: unknown): void {
      const bytes = bytesOf(data);
      this.#intake?.receive(bytes);
      this.#bytes += bytes;
      try {
        super.add(data);
      } catch (error) {
        this.#cut(error === tooManyConnects);
        throw error;
      }
    }

    #cut(isTooFast: boolean): void {
      if (!this.#intake) return;
      this.#intake.counters.count(isTooFast ? 'connect_rate' : 'invalid_packet');
      noteCut(this.#intake.connection, isTooFast ? { limit: 'connectRate' } : invalidPacket);
    }

    /** All decoders share a listener, and the list of it has no room for others: both take more memory than the decoder. */
    override on(name: string, listener: Listener): unknown {
      if (name !== 'decoded' || this.#listener) return super.on(name, listener);
      this.#listener = listener;
      const result = super.on(name, CheckedDecoder.#decoded);
      if (this._callbacks?.$decoded?.length === 1) this._callbacks.$decoded = [CheckedDecoder.#decoded];
      return result;
    }

    /** Hands on what a decoder, `this` to its listeners, has decoded. */
    static readonly #decoded = function (this: CheckedDecoder, packet: DecodedPacket): void {
      const problem = problemOf(packet);
      if (problem) throw new Error(problem);
      if (packet.type === CONNECT) {
        this.#bytes = 0;
        if (this.#intake?.takeConnect() === false) throw tooManyConnects;
        return whileAsking(this.#intake, this.#listener!, packet);
      }
      if (callChannel.hasSubscribers) noteBytes(packet.data, this.#bytes);
      this.#bytes = 0;
      this.#listener!(packet);
    } as Listener;
  }
  return { ...parser, Encoder: parser.Encoder, Decoder: CheckedDecoder };
}

function bytesOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return (data as { readonly byteLength?: number } | null)?.byteLength ?? 0;
}

/** Returns why a packet is not valid in the Socket.IO protocol, if it is not. The transport is then closed, as Socket.IO does. */
export function problemOf(packet: DecodedPacket): string | undefined {
  if (typeof packet !== 'object' || packet === null) return 'a packet is not an object';
  const { type, nsp, id, data } = packet;
  if (typeof nsp !== 'string' || nameLength(nsp) > LONGEST_NAMESPACE) return 'the namespace of a packet is not valid';
  const hasId = id !== undefined && id !== null;
  if (hasId && !(Number.isInteger(id) && (id as number) >= 0)) return 'the id of a packet is not valid';
  switch (type) {
    case EVENT:
    case BINARY_EVENT:
      return isEvent(data) ? undefined : 'an event has no valid name';
    case ACK:
    case BINARY_ACK:
      return hasId && Array.isArray(data) ? undefined : 'an acknowledgement is not valid';
    case CONNECT:
      return data === undefined || isRecord(data) ? undefined : 'the auth of a connect is not an object';
    case DISCONNECT:
    case CONNECT_ERROR:
      return undefined;
    default:
      return 'the type of a packet is not valid';
  }
}

/** Of the name alone: clients of protocol 3 put their query behind it. */
function nameLength(nsp: string): number {
  return nsp.length <= LONGEST_NAMESPACE ? nsp.length : nsp.split('?', 1)[0]!.length;
}

function isEvent(data: unknown): boolean {
  if (!Array.isArray(data)) return false;
  const [name] = data as unknown[];
  return typeof name === 'string' ? isEventName(name) : Number.isFinite(name);
}

/** Whether a client may emit an event of this name. */
export function isEventName(name: string): boolean {
  return !reserved.has(name);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
