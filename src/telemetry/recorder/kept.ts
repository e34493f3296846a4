/** Entries as a recorder keeps them: payloads as JSON, and the rest as it came, so that an entry is only encoded for a dump. */
import type { CallEnd } from '../../base/channels/messages.js';
import type { Outcome } from '../../base/channels/outcome.js';
import type { Recorded, RecordedCall, RecordedConnection, RecordedEntry, RecordedOutcome } from './dump.js';

type Facts = Omit<RecordedCall, 'type' | 'args' | 'answer'>;

/** A call, with its payloads as JSON. */
export class KeptCall {
  constructor(
    private readonly facts: Facts,
    private readonly args: string,
    private readonly answer: string | undefined,
  ) {}

  /** At least the bytes that it takes as JSON. */
  get bytes(): number {
    const { namespace, event, handler, outcome } = this.facts;
    return AROUND + textBytes(namespace + event + handler) + outcomeBytes(outcome) + this.#payloadBytes;
  }

  /** The same call without payloads, for a recorder that is too small for them. */
  bare(): KeptCall {
    return new KeptCall(this.facts, '[]', undefined);
  }

  /** The call as it stands in a dump. */
  entry(): RecordedCall {
    const { outcome, duration, at, ...facts } = this.facts;
    return {
      type: 'call',
      at: round(at),
      ...facts,
      args: JSON.parse(this.args) as Recorded[],
      outcome,
      ...(this.answer === undefined ? {} : { answer: JSON.parse(this.answer) as Recorded[] }),
      duration: round(duration),
    };
  }

  get #payloadBytes(): number {
    return Buffer.byteLength(this.args) + (this.answer === undefined ? 0 : Buffer.byteLength(this.answer));
  }
}

/** A connection as it stands in a dump. */
export class KeptConnection {
  readonly bytes: number;
  readonly #text: string;

  constructor(connection: RecordedConnection) {
    this.#text = JSON.stringify(connection);
    this.bytes = Buffer.byteLength(this.#text);
  }

  entry(): RecordedEntry {
    return JSON.parse(this.#text) as RecordedEntry;
  }
}

/** More than a call takes as JSON beside its texts: keys, two numbers, an id, a socket's id. */
const AROUND = 300;

/** Texts that JSON writes as they are, in one byte for each character. */
const simple = /^[ !#-[\]-~]*$/;

function textBytes(text: string): number {
  return simple.test(text) ? text.length : Buffer.byteLength(JSON.stringify(text));
}

function outcomeBytes({ code = '', error = '' }: RecordedOutcome): number {
  return code === '' && error === '' ? 0 : textBytes(code + error);
}

/** Returns how something ended, without the error itself: it may hold anything. */
export function recorded(outcome: Outcome<string>): RecordedOutcome {
  const { kind, code, limit, error } = outcome;
  // Most outcomes are shared, and have no error.
  if (error === undefined) return outcome as RecordedOutcome;
  return {
    kind,
    ...(code === undefined ? {} : { code }),
    ...(limit === undefined ? {} : { limit }),
    ...(error instanceof Error ? { error: error.name } : {}),
  };
}

/** Returns the facts of a call. */
export function factsOf(message: CallEnd): Facts {
  const { id, kind, socket, namespace, event, handler, context, duration, startedAt } = message;
  return {
    at: performance.timeOrigin + startedAt,
    id,
    kind,
    socket,
    namespace,
    event,
    handler,
    asks: context.ack !== undefined,
    outcome: recorded(message.outcome),
    duration,
  };
}

/** Milliseconds with three decimals. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
