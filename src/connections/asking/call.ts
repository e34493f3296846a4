/** Asks one client. */
import type { Socket } from 'socket.io';
import { CallError, unwrap } from '../../client/index.js';
import { internalsOf, namespaceInternalsOf } from '../internals.js';
import { longestTime } from '../../base/limits.js';
import { callTimeOf, whenGone } from './questions.js';

/**
 * Emits an event to a client and gives its answer, the first value of its acknowledgement. It may take
 * `limits.callTime`, or as long as `call(socket.timeout(500), …)` says; nothing is kept of a question that has ended.
 *
 * @throws CallError with the code `timeout` where no answer came in time; `disconnected`, at once, where the client has
 * left or is not connected yet (in `@OnConnect` it is not); and the client's own where it answered
 * `{ error: { code, message } }`
 */
export async function call<T = unknown>(socket: Socket, event: string, ...args: unknown[]): Promise<T> {
  return unwrap<T>(await ask(socket, event, args));
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
    const end = (conclude: () => void): void => {
      clearTimeout(timer);
      stopListening();
      internals.acks.delete(id);
      conclude();
    };
    const stopListening = whenGone(socket, () => end(() => reject(disconnected('The client disconnected.'))));
    const timer = setTimeout(() => end(() => reject(late(time))), Math.min(time, longestTime));
    try {
      socket.emit(event, ...args, (answer: unknown) => end(() => resolve(answer)));
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
