/**
 * The fast lane of one transport: a text that is an event of a namespace which the client has joined goes to `receive` without
 * the packets, emitters and parsers that stand between. Whatever else it is, and whenever somebody watches one of those, nothing
 * is taken, and the text goes the long way. See docs/decisions/fast-lane.md.
 */
import type { Socket } from 'socket.io';
import { callChannel } from '../../base/channels/index.js';
import type { Connection } from '../connection.js';
import { receive } from '../dispatch.js';
import { isEventName } from '../intake/checked-parser.js';
import type { ClientInternals } from '../internals.js';
import { noteBytes } from '../observing/packet-bytes.js';
import { surroundings } from '../observing/runs.js';
import { hasStockParts, isUnwatched, laneKey, tellReceived, type LaneConnection, type OpenLane } from './unwatched.js';

const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;
const BRACKET = 0x5b;
/** An id of more digits need not be an exact number. */
const MOST_DIGITS = 15;

/** Gives the transport of a connection its lane, if it may have one; the first namespace that is joined does so for all. */
export function openLane({ served, client, intake }: Connection): void {
  const conn = intake.connection as object as LaneConnection;
  if (!served.runtime.fastLane || conn[laneKey] || !hasStockParts(conn, client)) return;
  conn[laneKey] = new Lane(conn, client, intake);
}

class Lane implements OpenLane {
  /** The namespace of the last event as texts have it, `/chat,`; empty for the main one. */
  #prefix = '';
  #namespace = '/';
  /** Whether an event was read whose turn has not come yet: what comes with it comes at the same time. */
  #isReading = false;

  constructor(
    private readonly conn: LaneConnection,
    private readonly client: ClientInternals,
    private readonly intake: { receive(bytes: number, isSameTime: boolean): void },
  ) {}

  get isOpen(): boolean {
    return isUnwatched(this.conn, this.client);
  }

  takeRun(texts: readonly string[], first: number): number {
    return surroundings
      ? surroundings.inside((isInside) => this.#takeFrom(texts, first, isInside))
      : this.#takeFrom(texts, first, false);
  }

  #takeFrom(texts: readonly string[], first: number, isInside: boolean): number {
    let at = first;
    while (at < texts.length && this.#take(texts[at]!, isInside)) at++;
    return at;
  }

  /** A text is `42/chat,17["say",{…}]`. */
  #take(text: string, isInside: boolean): boolean {
    if (!text.startsWith('42') || !this.isOpen) return false;
    let at = this.#readNamespace(text);
    const socket = this.client.nsps.get(this.#namespace);
    if (at < 0 || !socket) return false;
    const first = at;
    let id = 0;
    let code = text.charCodeAt(at);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) id = id * 10 + code - ZERO;
    if (code !== BRACKET || at - first > MOST_DIGITS) return false;
    const data = parse(text.slice(at));
    if (typeof data?.[0] !== 'string' || !isEventName(data[0])) return false;
    tellReceived(this.conn, text);
    this.#hand(socket, data, at > first ? id : undefined, text.length - 1, isInside);
    return true;
  }

  /** Each event has a turn of its own, after all that came with it was read, as Socket.IO has it. */
  #hand(socket: Socket, data: unknown[], id: number | undefined, bytes: number, isInside: boolean): void {
    this.intake.receive(bytes, this.#isReading);
    this.#isReading = true;
    if (callChannel.hasSubscribers) noteBytes(data, bytes);
    // Node.js calls a function with more than four values slower.
    process.nextTick(isInside ? handleInside : handle, this, socket, data, id);
  }

  /** What was read is handled now: what comes next came later. */
  endReading(): void {
    this.#isReading = false;
  }

  /** Returns the position behind the namespace; -1 if there is none that the client has joined. */
  #readNamespace(text: string): number {
    if (text.charCodeAt(2) !== SLASH) {
      this.#prefix = '';
      this.#namespace = '/';
      return 2;
    }
    if (this.#prefix === '' || !text.startsWith(this.#prefix, 2)) {
      const comma = text.indexOf(',', 2);
      const name = this.client.nsps.get(text.slice(2, comma))?.nsp.name;
      if (comma < 0 || name === undefined) return -1;
      this.#prefix = `${name},`;
      this.#namespace = name;
    }
    return 2 + this.#prefix.length;
  }
}

function handle(lane: Lane, socket: Socket, data: unknown[], id: number | undefined): void {
  lane.endReading();
  receive(socket, data, id, false);
}

function handleInside(lane: Lane, socket: Socket, data: unknown[], id: number | undefined): void {
  lane.endReading();
  receive(socket, data, id, true);
}

function parse(json: string): unknown[] | undefined {
  try {
    return JSON.parse(json) as unknown[];
  } catch {
    return undefined;
  }
}
