/** Asks many clients at once, and tells who did not answer. */
import { Server, type Namespace } from 'socket.io';
import { CallError, unwrap } from '../../client/index.js';
import { namespaceInternalsOf, operatorInternalsOf, type Operator } from '../internals.js';
import { LONGEST_TIME } from '../../base/limits.js';
import { callTimeOf } from './questions.js';
import { type Outcome, Round } from './round.js';

/** Whom `callAll` asks: a namespace, its rooms (`namespace.to('a').except('b')`), the server's main namespace. */
export type CallTarget = Server | Namespace | Operator;

/** The answer of one client. */
export interface Answer<T> {
  /** Its socket; `undefined` for a client of another node if the adapter is not one of this project. */
  readonly id: string | undefined;
  readonly value: T;
}

/** A client that answered `{ error: { code, message } }`. */
export interface FailedAnswer {
  readonly id: string | undefined;
  readonly error: CallError;
}

/** The result of a request to many clients. */
export interface Answers<T> {
  /** In the order in which they came. */
  readonly answers: readonly Answer<T>[];
  readonly failures: readonly FailedAnswer[];
  /** The sockets that left, on any node, and those of this node that did not answer in time. */
  readonly missing: readonly string[];
  /** Whether everybody who was asked has answered, on the other nodes too. */
  readonly complete: boolean;
}

/**
 * Emits an event to many clients, on all nodes, and gathers their answers; several values of one are a list. It waits until
 * all have answered or left, for `limits.callTime` at the most, or as long as `callAll(namespace.timeout(500), …)` says.
 * No client's silence throws.
 *
 * @returns the answers, and who did not give one
 * @throws what the arguments throw when they are encoded
 */
export async function callAll<T = unknown>(target: CallTarget, event: string, ...args: unknown[]): Promise<Answers<T>> {
  const { adapter, flags } = operatorInternalsOf(target instanceof Server ? target.sockets : target);
  const { children } = namespaceInternalsOf(adapter.nsp);
  if (children) return joined(await Promise.all([...children].map((each) => callAll<T>(each, event, ...args))));
  const time = flags?.timeout ?? callTimeOf(adapter.nsp.server);
  return conclude<T>(await new Round(adapter.nsp).ask(target.timeout(Math.min(time, LONGEST_TIME)), event, args));
}

function joined<T>(all: readonly Answers<T>[]): Answers<T> {
  return {
    answers: all.flatMap(({ answers }) => answers),
    failures: all.flatMap(({ failures }) => failures),
    missing: all.flatMap(({ missing }) => missing),
    complete: all.every(({ complete }) => complete),
  };
}

function conclude<T>({ reactions, silent, isLate }: Outcome): Answers<T> {
  const answers: Answer<T>[] = [];
  const failures: FailedAnswer[] = [];
  const missing = [...silent];
  for (const { id, answered, value } of reactions) {
    if (id !== undefined && !answered) missing.push(id);
    else sort<T>(id, value, answers, failures);
  }
  return { answers, failures, missing, complete: !isLate && missing.length === 0 };
}

function sort<T>(id: string | undefined, value: unknown, answers: Answer<T>[], failures: FailedAnswer[]): void {
  try {
    answers.push({ id, value: unwrap<T>(value) });
  } catch (error) {
    failures.push({ id, error: error as CallError });
  }
}
