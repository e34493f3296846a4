/** Namespaces of a family come with their first client and are freed with their last one. */
import type { Namespace, Socket } from 'socket.io';
import { namespaceInternalsOf } from '../internals.js';
import { RecoverableAdapter } from '../recovery/recoverable-adapter.js';

interface RemovingNamespace {
  _remove(socket: Socket): void;
}

/**
 * Socket.IO frees a child when its last client leaves; one that is still in the gate must count too, and so must one that
 * may be recovered.
 */
export function keepForPending(namespace: Namespace): void {
  const { sockets, _preConnectSockets: pending } = namespaceInternalsOf(namespace);
  const removing = namespace as unknown as RemovingNamespace;
  const removeAndFree = removing._remove.bind(namespace);
  const remove = (Object.getPrototypeOf(namespace) as RemovingNamespace)._remove.bind(namespace);
  removing._remove = (socket) => {
    const { adapter } = namespace;
    if (sockets.size + pending.size > 1) return remove(socket);
    if (!(adapter instanceof RecoverableAdapter) || adapter.sessions.size === 0) return removeAndFree(socket);
    remove(socket);
    adapter.onForgotten = () => {
      if (sockets.size + pending.size === 0) removeAndFree(socket);
    };
  };
}
