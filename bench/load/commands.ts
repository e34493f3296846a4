/** What a measured event is, and what an answer to it looks like. */
export interface Exchange {
  event: string;
  payload: unknown;
  /** `event`: the rejection comes as an `exception` event instead of an acknowledgement. */
  answer: 'ack' | 'event';
  /** The first characters of a right answer's JSON, behind the `[`; empty when any will do. */
  expect: string;
}

/** `sliding`: each answer is followed by the next event, in a write and a turn of its own. */
export type ClosedLoop = Exchange & { depth: number; ms: number; sliding?: boolean };
export type FixedRate = Exchange & { perSecond: number; ms: number };
export interface Broadcast {
  burst: number;
  ms: number;
}

interface Connect {
  port: number;
  count: number;
  namespaces: number;
}

/** What the load generator is told; `group` names the clients of one server. */
export type Command = { id: number; group: number } & (
  | ({ do: 'connect' } & Connect)
  | { do: 'close'; keep: number }
  | { do: 'ask'; event: string; payload: unknown }
  | ({ do: 'closedLoop' } & ClosedLoop)
  | ({ do: 'fixedRate' } & FixedRate)
  | ({ do: 'broadcast' } & Broadcast)
);

export interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

/** A connection of a group ended though nobody closed it. */
export interface Lost {
  group: number;
  lost: string;
}

/** A closed loop's or a broadcast's outcome; `busy` is the generator's own CPU time as a share of the wall time. */
export interface Answered {
  count: number;
  busy: number;
}

/** Microseconds from sending an event to reading its acknowledgement. */
export interface Latency {
  p50: number;
  p99: number;
}

/** How one event was answered: `none` after a second of silence. */
export interface Asked {
  by: 'ack' | 'event' | 'none';
  /** The packet's JSON behind the acknowledgement's id; empty when there was none. */
  json: string;
  /** Packets that came altogether; one is right. */
  packets: number;
}
