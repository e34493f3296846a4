/** Asks one client. */
import { Socket } from 'socket.io';
import { answerOf, CallError, unwrap } from '../../client/call.js';
import {
  internalsOf,
  namespaceInternalsOf,
  operatorInternalsOf,
  type Operator,
  remoteInternalsOf,
} from '../internals.js';
import { LONGEST_TIME } from '../../base/limits.js';
import { endEmission } from '../observing/observed-emission.js';
import { callTimeOf, whenGone } from './questions.js';
import { Round } from './round.js';

/** A client: a socket of this node, or one of another node that `fetchSockets()` found, with or without a `timeout`. */
export type CallClient = Socket | RemoteClient | Operator;

/** A `RemoteSocket` of Socket.IO, whatever its events and its data are. */
export interface RemoteClient {
  readonly id: string;
  readonly rooms: ReadonlySet<string>;
  timeout(milliseconds: number): unknown;
}

/**
 * Emits an event to a client, on any node, and waits for its answer. It may take
 * `limits.callTime`, or as long as `call(socket.timeout(500), …)` says; nothing is kept of a question that has ended.
 *
 * @returns the value of its acknowledgement, or the list of its values if the client gave several
 * @throws CallError with the code `timeout` if no answer came in time; `disconnected`, at once, if the client has
 * left or is not connected yet (in `@OnConnect` it is not); and the client's own if it answered
 * `{ error: { code, message } }`
 */
export async function call<T = unknown>(client: CallClient, event: string, ...args: unknown[]): Promise<T> {
  return unwrap<T>(client instanceof Socket ? await ask(client, event, args) : await askRemote(client, event, args));
}

/** By a broadcast to the room of the client's id. */
async function askRemote(client: RemoteClient | Operator, event: string, args: readonly unknown[]): Promise<unknown> {
  const { operator = client as Operator } = remoteInternalsOf(client);
  const { adapter, flags, rooms = new Set<string>() } = operatorInternalsOf(operator);
  const { nsp } = adapter;
  const time = flags?.timeout ?? callTimeOf(nsp.server);
  const asked = nsp.to([...rooms]).timeout(Math.min(time, LONGEST_TIME));
  const { reactions, isLate } = await new Round(nsp).ask(asked, event, args);
  const answer = reactions.find(({ answered }) => answered);
  if (answer) return answer.value;
  if (reactions.length > 0) throw disconnected('The client disconnected.');
  throw isLate ? late(time) : disconnected('The client is not connected.');
}

function ask(socket: Socket, event: string, args: readonly unknown[]): Promise<unknown> {
  const internals = internalsOf(socket);
  const { timeout: time = callTimeOf(socket.nsp.server), ...flags } = internals.flags;
  internals.flags = flags;
  if (!socket.connected) {
    internals.flags = {};
    return Promise.reject(disconnected('The client is not connected.'));
  }
  return new Promise((resolve, reject) => {
    const id = namespaceInternalsOf(socket.nsp)._ids;
    const answered = (...values: unknown[]): void => end(() => resolve(answerOf(values)));
    const end = (conclude: () => void): void => {
      clearTimeout(timer);
      stopListening();
      internals.acks.delete(id);
      conclude();
    };
    const stopListening = whenGone(socket, () => end(() => reject(disconnected('The client disconnected.'))));
    const expire = (): void => {
      endEmission(answered, 'timed_out');
      end(() => reject(late(time)));
    };
    const timer = setTimeout(expire, Math.min(time, LONGEST_TIME));
    try {
      socket.emit(event, ...args, answered);
    } catch (error) {
      end(() => reject(error as Error));
    }
  });
}

function disconnected(message: string): CallError {
  return new CallError({ code: 'disconnected', message });
}

function late(time: number): CallError {
  return new CallError({ code: 'timeout', message: `The client did not answer within ${time} ms.` });
}
