/** Plan → the running server. The only place that asks for namespaces. */
import type { Namespace, Server } from 'socket.io';
import { Namespaces } from '../container.js';
import { ownMetadata } from '../metadata/store.js';
import { patternOf } from '../plan/path.js';
import type { NamespacePlan, Plan } from '../plan/types.js';
import type { Class } from '../reflect.js';
import { admit, connected } from './gate.js';
import { watchRooms } from './rooms.js';
import type { Runtime, ServedNamespace } from './runtime.js';

/** Serves every namespace of the plan. Whoever connects meets the gate first, then the user's own middleware. */
export function bind(plan: Plan, namespaces: ServerNamespaces, runtime: Runtime): ServedNamespace[] {
  return plan.namespaces.map((each) => bindNamespace(each, namespaces.open(each.path), runtime));
}

function bindNamespace(plan: NamespacePlan, namespace: Namespace, runtime: Runtime): ServedNamespace {
  const served: ServedNamespace = { plan, runtime };
  namespace.use((socket, next) => {
    watchRooms(served, socket.nsp);
    admit(served, socket, next);
  });
  namespace.on('connection', (socket) => connected(served, socket));
  return served;
}

/** The Socket.IO namespaces of a server by their declared paths; a family of them has one parent. */
export class ServerNamespaces extends Namespaces {
  readonly #opened = new Map<string, Namespace>();

  constructor(private readonly io: Server) {
    super();
  }

  /** Opens the namespace of a path, once. Families are asked in the order in which they were opened. */
  open(path: string | RegExp): Namespace {
    const key = String(path);
    const namespace = this.#opened.get(key) ?? this.#make(path);
    this.#opened.set(key, namespace);
    return namespace;
  }

  #make(path: string | RegExp): Namespace {
    const pattern = patternOf(path);
    if (!pattern) return this.io.of(path);
    const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    return this.io.of((name, _auth, next) => next(null, stateless.test(name)));
  }

  /** @throws Error where no controller serves the path */
  find(which: string | Class): Namespace {
    const path = String(typeof which === 'string' ? which : ownPath(which));
    const found = this.#opened.get(path);
    if (found) return found;
    throw new Error(`no controller serves the namespace ${path}; served are ${[...this.#opened.keys()].join(', ')}`);
  }
}

function ownPath(type: Class): string | RegExp {
  const path = ownMetadata(type)?.namespaces[0]?.path;
  if (path !== undefined) return path;
  throw new Error(`${type.name} serves no namespace of its own: name one, @InjectNamespace('/chat')`);
}
