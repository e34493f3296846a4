/** The limits of everything that a client can make grow. On by default; `Infinity` switches one off. */
import type { Step } from './boot/report.js';

/** The option `limits`: how far each thing that a client can make grow may go. */
export interface Limits {
  /** Bytes of one message. */
  readonly payload: number;
  /** Levels of nesting in an argument. */
  readonly depth: number;
  /** Namespaces that one transport may be connected to. */
  readonly namespaces: number;
  /** Rooms that one socket may be in. */
  readonly rooms: number;
  /** Calls of one socket that run at once. */
  readonly concurrentCalls: number;
  /** Calls of one socket that wait for their turn. */
  readonly queuedCalls: number;
  /** Background work of one transport that handlers have started with `background` and that runs. */
  readonly backgroundTasks: number;
  /** Milliseconds that a handler may take, `@OnConnect` included. */
  readonly handlerTime: number;
  /** Milliseconds that a client may take to answer a question. */
  readonly callTime: number;
  /** Bytes that may wait for one client that takes nothing; one that takes them slowly may be sixteen times as far behind. */
  readonly sendBuffer: number;
  /** Events per second of one transport, in all its namespaces. */
  readonly eventRate: number;
  /** Events that a transport may send at once after a pause. */
  readonly eventBurst: number;
  /** Bytes per second of one transport. */
  readonly byteRate: number;
  /** Bytes that a transport may send at once after a pause. */
  readonly byteBurst: number;
  /** Attempts to join a namespace, per second and transport. */
  readonly connectRate: number;
  /** Attempts to join a namespace that a transport may make at once after a pause. */
  readonly connectBurst: number;
  /** Connections that one address may have. */
  readonly connectionsPerAddress: number;
  /** Connections that one address may begin in a second. */
  readonly connectionRate: number;
  /** Connections that one address may begin at once after a pause. */
  readonly connectionBurst: number;
  /** Bytes of the packets that are kept for clients that may come back, in all. */
  readonly recoveryBytes: number;
  /** Packets that are kept for clients that may come back, in all. */
  readonly recoveryPackets: number;
  /** Milliseconds in which a transport must have asked for a namespace. */
  readonly joinTime: number;
  /** Milliseconds that a shutdown waits for handlers that run. */
  readonly drainTime: number;
}

/** The default limits. */
export const defaultLimits: Limits = Object.freeze({
  payload: 100_000,
  depth: 64,
  namespaces: 16,
  rooms: 256,
  concurrentCalls: 32,
  queuedCalls: 128,
  backgroundTasks: 100,
  handlerTime: 15_000,
  callTime: 10_000,
  sendBuffer: 4_000_000,
  eventRate: 200,
  eventBurst: 400,
  byteRate: 2_000_000,
  byteBurst: 4_000_000,
  connectRate: 20,
  connectBurst: 100,
  connectionsPerAddress: 500,
  connectionRate: 50,
  connectionBurst: 500,
  recoveryBytes: 50_000_000,
  recoveryPackets: 100_000,
  joinTime: 10_000,
  drainTime: 10_000,
});

/** Milliseconds; timers of Node.js go no further, and take more for nothing. */
export const LONGEST_TIME = 2 ** 31 - 1;

/** Fills in the defaults; yields wrong names and values. */
export function* resolveLimits(given: Partial<Limits> = {}): Step<Limits> {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaultLimits)) {
      yield {
        where: `limits.${name}`,
        code: 'limit_name',
        what: 'there is no such limit.',
        fix: `the limits are ${Object.keys(defaultLimits).join(', ')}.`,
      };
    } else if (typeof value !== 'number' || !(value >= 0)) {
      yield {
        where: `limits.${name}`,
        code: 'limit_value',
        what: `${String(value)} must be a number >= 0.`,
        fix: 'give a number, or Infinity to switch the limit off.',
      };
    }
  }
  return Object.freeze({ ...defaultLimits, ...given });
}
