/** One question on its way through Socket.IO's own broadcast. */
import type { Namespace, Socket } from 'socket.io';
import { answerOf } from '../../client/call.js';
import { internalsOf, namespaceInternalsOf, operatorInternalsOf, type Operator } from '../internals.js';
import { whenGone } from './questions.js';
import { type NamedFlag, type NamingAdapter, Reaction, readReaction } from './reaction.js';

/** The result of a question. */
export interface Outcome {
  /** In the order in which they came. */
  readonly reactions: readonly Reaction[];
  /** The sockets of this node that did nothing in time. */
  readonly silent: readonly string[];
  /** Whether a node or a client did not react in time. */
  readonly isLate: boolean;
}

export class Round {
  /** The sockets of this node that were asked and have not reacted; each with what ends the waiting for it. */
  readonly #open = new Map<string, () => void>();

  constructor(private readonly namespace: Namespace) {}

  /** @throws what the arguments throw when they are encoded */
  ask(operator: Operator, event: string, args: readonly unknown[]): Promise<Outcome> {
    const id = namespaceInternalsOf(this.namespace)._ids;
    const isNamed = (this.namespace.adapter as NamingAdapter).namesAnswers === true;
    const { flags } = operatorInternalsOf(operator);
    if (isNamed && flags) (flags as NamedFlag).named = true;
    return new Promise((resolve) => {
      operator.emit(event, ...args, (late: Error | null, values: unknown[]) => {
        const silent = [...this.#open.keys()];
        for (const close of this.#open.values()) close();
        resolve({ reactions: values.map((value) => readReaction(value, isNamed)), silent, isLate: late !== null });
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
    acks.set(id, (...values) => react(new Reaction(socket.id, true, answerOf(values))));
    const stopListening = whenGone(socket, () => react(new Reaction(socket.id, false)));
    this.#open.set(socket.id, () => {
      stopListening();
      acks.delete(id);
    });
  }
}
