/** Plan → the running server. */
import type { Namespace } from 'socket.io';
import type { NamespacePlan } from '../controllers/plan/types.js';
import { answerByHand } from './dispatch.js';
import { admit, connected } from './gate.js';
import type { ServerNamespaces } from './namespaces/server-namespaces.js';
import { watchRooms } from './rooms.js';
import type { Runtime, ServedNamespace } from './runtime.js';

/** The namespaces that are served, each with the plan that is in force. */
export class Bindings {
  readonly #served = new Map<string, ServedNamespace>();

  constructor(
    private readonly namespaces: ServerNamespaces,
    private readonly runtime: Runtime,
  ) {}

  /** Serves namespaces; those that are served already go over to the new plan, with the clients that they have. */
  apply(namespaces: readonly NamespacePlan[]): void {
    for (const each of namespaces) {
      const served = this.#served.get(each.label);
      if (served) served.plan = each;
      else this.#served.set(each.label, bind(each, this.namespaces.open(each.path), this.runtime));
    }
  }
}

/** A client meets the gate first, then the user's own middleware. */
function bind(plan: NamespacePlan, namespace: Namespace, runtime: Runtime): ServedNamespace {
  const served: ServedNamespace = { plan, runtime, answerByHand };
  namespace.use((socket, next) => {
    watchRooms(served, socket.nsp);
    admit(served, socket, next);
  });
  namespace.on('connection', (socket) => connected(served, socket));
  return served;
}
