/** The reaction of one client to a question, and the form in which a node sends it to the node that asks. */
import type { Socket } from 'socket.io';
import { answerOf } from '../../client/call.js';
import { internalsOf } from '../internals.js';
import { whenGone } from './questions.js';

/** The reaction of a socket to the question. */
export class Reaction {
  constructor(
    readonly id: string | undefined,
    readonly answered: boolean,
    readonly value?: unknown,
  ) {}
}

/** The flag of a broadcast whose answers come with the ids of their sockets. */
export interface NamedFlag {
  named?: true;
}

/** Marks an adapter whose other nodes do as {@link nameAnswers} does. */
export interface NamingAdapter {
  namesAnswers?: true;
}

/** On the wire. */
interface NamedAnswer {
  readonly socket: string;
  readonly left?: true;
  readonly value?: unknown;
}

/** After sockets of this node were asked by another node: their answers carry their ids, and leaving is reported as well. */
export function nameAnswers(sockets: readonly Socket[], id: number): void {
  for (const socket of sockets) {
    const { acks } = internalsOf(socket);
    const tell = acks.get(id);
    if (!tell) continue;
    const react = (answer: NamedAnswer): void => {
      stopListening();
      acks.delete(id);
      tell(answer);
    };
    const stopListening = whenGone(socket, () => react({ socket: socket.id, left: true }));
    acks.set(id, (...values) => react({ socket: socket.id, value: answerOf(values) }));
  }
}

/** Reads what came from another node. An adapter that names no answers passes on what the client said. */
export function readReaction(value: unknown, isNamed: boolean): Reaction {
  if (value instanceof Reaction) return value;
  const { socket, left, value: answer } = Object(value) as Partial<NamedAnswer>;
  if (!isNamed || typeof socket !== 'string') return new Reaction(undefined, true, value);
  return new Reaction(socket, left !== true, answer);
}
