/** The Socket.IO namespaces of a server by their declared paths. The only place that calls `io.of`. */
import type { Namespace, Server } from 'socket.io';
import { Namespaces } from '../../base/container.js';
import type { EmitsPlan } from '../../controllers/emits/plan.js';
import { patternOf } from '../../controllers/scan/path.js';
import { containBroadcasts, containNamespace, type CallbackLog } from '../callbacks.js';
import { keepForPending } from './children.js';
import { giveSocketIds } from './socket-ids.js';
import { guardBroadcasts } from '../sending/declared-emits.js';
import { optionsOf } from '../internals.js';
import { makeRecoverable } from '../recovery/missed-packets.js';

/** The parent of a family of namespaces. */
interface Parent extends Namespace {
  readonly children: ReadonlySet<Namespace>;
}

export class ServerNamespaces extends Namespaces {
  readonly #opened = new Map<string, Namespace>();
  readonly #parents: Parent[] = [];

  constructor(
    private readonly io: Server,
    private readonly emits: EmitsPlan | undefined,
    private readonly log: CallbackLog,
  ) {
    super();
    containBroadcasts(io, log);
    io.on('new_namespace', (namespace) => this.#prepareChild(namespace));
  }

  /** Opens the namespace of a path, once; a family has one parent. Families are asked in the order of their opening. */
  open(path: string | RegExp): Namespace {
    const key = String(path);
    const namespace = this.#opened.get(key) ?? this.#make(path);
    this.#opened.set(key, namespace);
    return namespace;
  }

  /** @throws Error if no namespace has the path */
  find(path: string | RegExp): Namespace {
    const found = this.#opened.get(String(path));
    if (found) return found;
    throw new Error(`nobody serves the namespace ${String(path)}; served are ${[...this.#opened.keys()].join(', ')}`);
  }

  #make(path: string | RegExp): Namespace {
    const pattern = patternOf(path);
    if (!pattern) {
      const namespace = this.io.of(path);
      containNamespace(namespace, this.log);
      return this.#prepare(namespace);
    }
    const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    const parent = this.io.of((name, _auth, next) => next(null, stateless.test(name)));
    containNamespace(parent, this.log);
    this.#parents.push(parent as Parent);
    return parent;
  }

  #prepareChild(namespace: Namespace): void {
    if (!this.#parents.some(({ children }) => children.has(namespace))) return;
    containNamespace(namespace, this.log);
    keepForPending(this.#prepare(namespace));
  }

  #prepare(namespace: Namespace): Namespace {
    const recovers = Boolean(optionsOf(this.io).connectionStateRecovery);
    if (recovers) makeRecoverable(namespace);
    giveSocketIds(namespace, recovers);
    if (this.emits) guardBroadcasts(namespace, this.emits);
    return namespace;
  }
}
