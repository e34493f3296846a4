/**
 * Emissions of an application that declares them: each is looked at where Socket.IO is handed it, before anything of it
 * is kept, encoded or sent to other nodes. What other nodes sent was looked at there.
 */
import { emitChannel } from '../../base/channels/index.js';
import { observeEmit } from '../observing/observed-emission.js';
import { connectionOf } from '../connection.js';
import type { Namespace, Socket } from 'socket.io';
import type { EmitsPlan } from '../../controllers/emits/plan.js';
import { containAnswer } from '../callbacks.js';
import { tellEntering } from '../namespaces/entering.js';
import { adapterInternalsOf, internalsOf, onAdapter, optionsOf } from '../internals.js';

/** Looks at everything that this process broadcasts in a namespace, whichever adapter it is given. */
export function guardBroadcasts(namespace: Namespace, emits: EmitsPlan): void {
  onAdapter(namespace, () => guardAdapter(namespace, emits));
}

function guardAdapter(namespace: Namespace, emits: EmitsPlan): void {
  const adapter = adapterInternalsOf(namespace.adapter);
  const fit = ([event, ...values]: readonly unknown[]): unknown[] => [event, ...emits.fit(event as string, values)];
  const broadcast = adapter.broadcast.bind(adapter);
  const broadcastWithAck = adapter.broadcastWithAck.bind(adapter);
  // A copy: the parent of a family gives the same packet to each of its namespaces.
  adapter.broadcast = (packet, options) => {
    const checked = { ...packet, data: fit(packet.data) };
    const result = broadcast(checked, options);
    tellEntering(namespace, checked, options);
    return result;
  };
  // The same packet: Socket.IO reads the id that the adapter gives it.
  adapter.broadcastWithAck = (packet, ...rest) =>
    broadcastWithAck(Object.assign(packet, { data: fit(packet.data) }), ...rest);
}

/** Takes the place of `emit` on every socket; one function for all of them. Callbacks for answers are contained. */
export function emit(this: Socket, event: string, ...values: unknown[]): boolean {
  if (!emitChannel.hasSubscribers) return emitTo.call(this, event, values);
  return observeEmit(this, event, values, (given) => emitTo.call(this, event, given));
}

function emitTo(this: Socket, event: string, values: unknown[]): boolean {
  const { runtime } = connectionOf(this)!.served;
  const stock = Object.getPrototypeOf(this) as Socket;
  if (typeof values.at(-1) === 'function')
    containAnswer(values, runtime, event, { socket: this.id, namespace: this.nsp.name });
  if (!runtime.emits) return stock.emit.call(this, event, ...values);
  const ack = typeof values.at(-1) === 'function' ? [values.pop()] : [];
  const sent = fitOrReset(this, event, values);
  // With recovery Socket.IO sends it as a broadcast, in which it is made to fit.
  const { connectionStateRecovery: recovery } = optionsOf(this.nsp.server);
  return stock.emit.call(this, event, ...(recovery ? values : sent), ...ack);
}

/** Flags of an emission that is not made, such as `timeout`, must not apply to the next one. */
function fitOrReset(socket: Socket, event: string, values: readonly unknown[]): readonly unknown[] {
  try {
    return connectionOf(socket)!.served.runtime.emits!.fit(event, values);
  } catch (error) {
    internalsOf(socket).flags = {};
    throw error;
  }
}
