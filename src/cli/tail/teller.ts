/** In the program that `colloquy dev` runs: subscribes to the channels while somebody reads, and tells what they say. */
import { channel } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import type { CallMessage, ConnectionMessage, EmitMessage } from '../../base/channels/messages.js';
import type { Ended, Happening, Hello } from './happening.js';
import { LineWriter, readLines } from './lines.js';

/** Characters of one line; longer values are told by their beginning. */
const LONGEST_LINE = 64 * 1024;

/** Connects to `colloquy dev`. It keeps no program alive, and a program without it works as well. */
export function tellTo(path: string): void {
  const socket = connect(path);
  socket.unref();
  const teller = new Teller(new LineWriter(socket));
  const hello: Hello = { role: 'program', pid: process.pid };
  socket.once('connect', () => socket.write(`${JSON.stringify(hello)}\n`));
  readLines(socket, (line) => (line === 'tell' ? teller.begin() : teller.end()));
  socket.on('error', () => socket.destroy());
  socket.once('close', () => teller.end());
}

class Teller {
  /** Kept here, because Bun forgets the subscribers of a channel that nobody holds. */
  readonly #subscriptions = [
    { to: channel('colloquy:call'), by: (message: unknown) => this.#call(message as CallMessage) },
    { to: channel('colloquy:connection'), by: (message: unknown) => this.#connection(message as ConnectionMessage) },
    { to: channel('colloquy:emit'), by: (message: unknown) => this.#emit(message as EmitMessage) },
  ];
  #isTelling = false;

  constructor(private readonly writer: LineWriter) {}

  begin(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (const { to, by } of this.#subscriptions) to.subscribe(by);
  }

  end(): void {
    if (!this.#isTelling) return;
    this.#isTelling = false;
    for (const { to, by } of this.#subscriptions) to.unsubscribe(by);
  }

  #tell(happening: Happening): void {
    const line = textOf(happening);
    if (line.length <= LONGEST_LINE) return this.writer.write(line);
    const short = Object.entries(happening).map(([name, value]) => [name, shortened(value)] as const);
    this.writer.write(JSON.stringify(Object.fromEntries(short)));
  }

  #call(message: CallMessage): void {
    const { id, kind, namespace, socket, event, handler, context } = message;
    if (kind !== 'event') return;
    const facts = { id, at: Date.now(), namespace, socket, event, handler };
    if (message.type === 'start') {
      return this.#tell({ type: 'received', ...facts, arguments: context.args });
    }
    const { outcome, answer, duration } = message;
    const { error, code } = outcome;
    const isWell = (['answered', 'no_answer', 'passed'] as readonly string[]).includes(outcome.kind);
    this.#tell({
      type: isWell ? 'answered' : 'failed',
      ...facts,
      outcome: outcome.kind,
      ...(code === undefined ? {} : { code }),
      ...(error === undefined ? {} : { error: messageOf(error) }),
      ...(answer === undefined ? {} : { answer }),
      duration: Math.round(duration * 10) / 10,
    } satisfies Ended);
  }

  #connection(message: ConnectionMessage): void {
    const { type, id = '', namespace = '', transport } = message;
    if (type === 'start') return;
    const facts = { at: Date.now(), namespace, socket: id, transport };
    if (type === 'accepted') return this.#tell({ type: 'connected', ...facts });
    const { outcome, reason = outcome.code } = message;
    const hasLeft = outcome.kind === 'left' || outcome.kind === 'cut';
    this.#tell({ type: hasLeft ? 'left' : 'refused', ...facts, ...(reason === undefined ? {} : { reason }) });
  }

  #emit(message: EmitMessage): void {
    const { type, namespace, event, socket, rooms, args } = message;
    if (type !== 'start') return;
    const to = socket === undefined ? {} : { socket };
    this.#tell({ type: 'emitted', at: Date.now(), namespace, event, ...to, rooms, arguments: args });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What JSON cannot say is told in words. */
function readable(this: unknown, key: string, value: unknown): unknown {
  const own = (this as Record<string, unknown>)[key];
  if (own instanceof Uint8Array || own instanceof ArrayBuffer) return `<${own.byteLength} bytes>`;
  if (typeof value === 'bigint') return `${value}n`;
  return value;
}

/** JSON, also of values that have none: those that contain themselves, or whose `toJSON` throws. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value, readable);
  } catch (error) {
    const values = Object.entries(value as object).map(([name, each]) => {
      return [name, Array.isArray(each) ? [`<not shown: ${messageOf(error)}>`] : each] as const;
    });
    return JSON.stringify(Object.fromEntries(values));
  }
}

/** Characters of a value that is too long to be told whole. */
const BEGINNING = 1000;

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, BEGINNING);
  return Array.isArray(value) ? [`${textOf(value).slice(0, BEGINNING)} … (cut)`] : value;
}
