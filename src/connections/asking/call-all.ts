/** Asks many clients at once, and tells who did not answer. */
import { Server, type Namespace, type Socket } from 'socket.io';
import { CallError, unwrap } from '../../client/index.js';
import { internalsOf, namespaceInternalsOf, operatorInternalsOf, type Operator } from '../internals.js';
import { longestTime } from '../../base/limits.js';
import { callTimeOf, whenGone } from './questions.js';

/** Whom `callAll` asks: a namespace, its rooms (`namespace.to('a').except('b')`), the server's main namespace. */
export type CallTarget = Server | Namespace | Operator;

/** The answer of one client. */
export interface Answer<T> {
  /** Its socket; `undefined` for a client of another node. */
  readonly id: string | undefined;
  readonly value: T;
}

/** A client that answered `{ error: { code, message } }`. */
export interface FailedAnswer {
  readonly id: string | undefined;
  readonly error: CallError;
}

/** What came of asking many clients. */
export interface Answers<T> {
  /** In the order in which they came. */
  readonly answers: readonly Answer<T>[];
  readonly failures: readonly FailedAnswer[];
  /** The sockets of this node that left, or did not answer in time. */
  readonly missing: readonly string[];
  /** Whether everybody who was asked has answered, on the other nodes too. */
  readonly complete: boolean;
}

/**
 * Emits an event to many clients, on all nodes, and gathers the first values of their acknowledgements. It waits until
 * all have answered, or left this node (who leaves another is waited for), for `limits.callTime` at the most, or as long
 * as `callAll(namespace.timeout(500), …)` says. Nobody's silence throws.
 *
 * @throws what the arguments throw when they are encoded
 */
export async function callAll<T = unknown>(target: CallTarget, event: string, ...args: unknown[]): Promise<Answers<T>> {
  const { adapter, flags } = operatorInternalsOf(target instanceof Server ? target.sockets : target);
  const { children } = namespaceInternalsOf(adapter.nsp);
  if (children) return joined(await Promise.all([...children].map((each) => callAll<T>(each, event, ...args))));
  const time = flags?.timeout ?? callTimeOf(adapter.nsp.server);
  return new Round(adapter.nsp).ask<T>(target.timeout(Math.min(time, longestTime)), event, args);
}

function joined<T>(all: readonly Answers<T>[]): Answers<T> {
  return {
    answers: all.flatMap(({ answers }) => answers),
    failures: all.flatMap(({ failures }) => failures),
    missing: all.flatMap(({ missing }) => missing),
    complete: all.every(({ complete }) => complete),
  };
}

/** What a socket of this node did about the question. */
class Reaction {
  constructor(
    readonly id: string,
    readonly answered: boolean,
    readonly value?: unknown,
  ) {}
}

/** One question on its way through Socket.IO's own broadcast. */
class Round {
  /** The sockets of this node that were asked and have not reacted; each with what ends the waiting for it. */
  readonly #open = new Map<string, () => void>();

  constructor(private readonly namespace: Namespace) {}

  ask<T>(operator: Operator, event: string, args: readonly unknown[]): Promise<Answers<T>> {
    const id = namespaceInternalsOf(this.namespace)._ids;
    return new Promise((resolve) => {
      operator.emit(event, ...args, (late: Error | null, reactions: unknown[]) => {
        resolve(this.#conclude<T>(late !== null, reactions));
      });
      for (const socket of this.namespace.sockets.values()) this.#follow(socket, id);
    });
  }

  /** Socket.IO gathers answers without their senders and waits for those who have left: here each one gets a name. */
  #follow(socket: Socket, id: number): void {
    const { acks } = internalsOf(socket);
    const tell = acks.get(id);
    if (!tell) return;
    const react = (reaction: Reaction): void => {
      this.#open.get(socket.id)?.();
      this.#open.delete(socket.id);
      tell(reaction);
    };
    acks.set(id, (value) => react(new Reaction(socket.id, true, value)));
    const stopListening = whenGone(socket, () => react(new Reaction(socket.id, false)));
    this.#open.set(socket.id, () => {
      stopListening();
      acks.delete(id);
    });
  }

  #conclude<T>(late: boolean, reactions: readonly unknown[]): Answers<T> {
    const answers: Answer<T>[] = [];
    const failures: FailedAnswer[] = [];
    const missing = [...this.#open.keys()];
    for (const close of this.#open.values()) close();
    for (const reaction of reactions) {
      const { id, answered, value } =
        reaction instanceof Reaction ? reaction : { id: undefined, answered: true, value: reaction };
      if (id !== undefined && !answered) missing.push(id);
      else sort<T>(id, value, answers, failures);
    }
    return { answers, failures, missing, complete: !late && missing.length === 0 };
  }
}

function sort<T>(id: string | undefined, value: unknown, answers: Answer<T>[], failures: FailedAnswer[]): void {
  try {
    answers.push({ id, value: unwrap<T>(value) });
  } catch (error) {
    failures.push({ id, error: error as CallError });
  }
}
