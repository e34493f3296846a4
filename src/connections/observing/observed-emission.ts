/** One emission for those who subscribe to `colloquy:emit`: its start, and its one end, which waits for the answers. */
import type { Server, Socket } from 'socket.io';
import { emitChannel } from '../../base/channels/index.js';
import type { EmitEnd, EmitOutcome, EmitStart } from '../../base/channels/messages.js';
import { answered, gone } from '../../base/channels/outcome.js';
import { whenGone } from '../asking/questions.js';
import { internalsOf, operatorInternalsOf, type Operator } from '../internals.js';

type Callback = (this: unknown, ...answers: unknown[]) => void;
type Facts = Omit<EmitStart, 'type' | 'startedAt' | 'asks' | 'args'>;
type End = (outcome: EmitOutcome) => void;

const sent: EmitOutcome = Object.freeze({ kind: 'sent' });
const late: EmitOutcome = Object.freeze({ kind: 'timed_out', code: 'timeout' });

/** The ends of emissions that wait for an answer, by the functions that take it. */
const ends = new WeakMap<object, End>();

/** Ends an emission whose answer is not waited for any more; for those who keep the time themselves. */
export function endEmission(callback: object, outcome: 'gone' | 'timed_out'): void {
  ends.get(callback)?.(outcome === 'gone' ? gone : late);
}

/** Emits to one client by `send`, and tells of it. */
export function observeEmit<Result>(
  socket: Socket,
  event: string,
  values: readonly unknown[],
  send: (values: unknown[]) => Result,
): Result {
  const { nsp, id } = socket;
  const hasTimeout = internalsOf(socket).flags.timeout !== undefined;
  const facts: Facts = { io: nsp.server, namespace: nsp.name, event, socket: id, rooms: [] };
  const waits = (end: End): (() => void) => whenGone(socket, () => end(gone));
  return observe(facts, values, hasTimeout, send, waits);
}

/** Emits to many clients by `send`, and tells of it. */
export function observeBroadcast<Result>(
  operator: Operator,
  event: string,
  values: readonly unknown[],
  send: (values: unknown[]) => Result,
): Result {
  const { adapter, rooms } = operatorInternalsOf(operator);
  const { nsp } = adapter;
  const io: Server = nsp.server;
  return observe({ io, namespace: nsp.name, event, socket: undefined, rooms: [...(rooms ?? [])] }, values, true, send);
}

function observe<Result>(
  facts: Facts,
  values: readonly unknown[],
  hasTimeout: boolean,
  send: (values: unknown[]) => Result,
  waits: (end: End) => () => void = () => () => undefined,
): Result {
  const callback = values.at(-1);
  const asks = typeof callback === 'function';
  const startedAt = performance.now();
  const start: EmitStart = { type: 'start', startedAt, ...facts, asks, args: asks ? values.slice(0, -1) : values };
  let stopWaiting = (): void => undefined;
  const end = once((outcome) => {
    stopWaiting();
    const ended: EmitEnd = { ...start, type: 'end', duration: performance.now() - startedAt, outcome };
    emitChannel.publish(ended);
  });
  try {
    return emitChannel.runStores(start, () => {
      if (!asks) return send([...values]);
      ends.set(callback, end);
      stopWaiting = waits(end);
      return send(values.with(-1, answering(callback as Callback, hasTimeout, end)));
    });
  } catch (error) {
    end({ kind: 'failed', error });
    throw error;
  } finally {
    if (!asks) end(sent);
  }
}

/** The callback for the answers; with a time limit, its first argument is the error. */
function answering(callback: Callback, hasTimeout: boolean, end: End): Callback {
  return function (this: unknown, ...answers: unknown[]): void {
    end(hasTimeout && answers[0] instanceof Error ? late : answered);
    callback.apply(this, answers);
  };
}

function once(end: End): End {
  let isOver = false;
  return (outcome) => {
    if (isOver) return;
    isOver = true;
    end(outcome);
  };
}
