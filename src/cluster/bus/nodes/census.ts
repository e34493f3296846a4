/** How many clients are in which room, on all nodes: each tells the others of its changes with its heartbeats. */
import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import { countMembers } from '../../../connections/namespaces/members.js';

/** Rooms that are remembered of one other node; of more, only how many clients the namespaces have is known. */
const MAX_ROOMS = 100_000;

/** Counts of a node: all that it has, or those that have changed since the version before. A room of null: all clients. */
export interface Counts {
  readonly version: number;
  readonly all?: true;
  readonly counts: readonly (readonly [nsp: string, room: string | null, count: number])[];
}

/** The counts of one namespace. */
interface Tally {
  clients: number;
  readonly rooms: Map<string, number>;
}

type Tallies = Map<string, Tally>;

interface NodeCounts {
  version: number;
  rooms: number;
  readonly tallies: Tallies;
}

/** The counts of this node and of those that it has heard of. Reads are local. */
export class Census {
  readonly #adapters = new Map<string, Adapter>();
  readonly #nodes = new Map<string, NodeCounts>();
  /** The sums of all nodes; the clients of namespaces without those of this node. */
  readonly #sums: Tallies = new Map();
  /** The rooms of this node, as they are in the sums. */
  readonly #local = new Map<string, Map<string, number>>();
  #changed = new Map<string, Set<string | null>>();
  #version = 0;
  /** Another node misses a version: the next heartbeat holds everything. */
  #recount = false;

  /** Counts what joins and leaves a namespace of this node. */
  watch(nsp: string, adapter: Adapter): void {
    this.#adapters.set(nsp, adapter);
    const onChange = (room: string, id: string): void => this.#note(nsp, adapter, room, id);
    adapter.on('join-room', onChange).on('leave-room', onChange);
    // The rooms that a client has joined in the gate count from here on.
    (adapter.nsp as Namespace).on('connection', ({ id }) => {
      for (const room of adapter.sids.get(id) ?? []) this.#note(nsp, adapter, room, id);
    });
  }

  unwatch(nsp: string): void {
    const adapter = this.#adapters.get(nsp);
    if (!adapter) return;
    this.#adapters.delete(nsp);
    for (const [room, size] of this.#local.get(nsp) ?? []) {
      this.#add(nsp, room, -size);
      this.#mark(nsp, room);
    }
    this.#local.delete(nsp);
    this.#mark(nsp, null);
  }

  /** The clients of a namespace, or of one of its rooms, on all nodes. */
  count(nsp: string, room?: string): number {
    const sum = this.#sums.get(nsp);
    const adapter = this.#adapters.get(nsp);
    if (room === undefined) return (sum?.clients ?? 0) + (adapter ? countMembers(adapter) : 0);
    return sum?.rooms.get(room) ?? (adapter ? countMembers(adapter, room) : 0);
  }

  /** The rooms of a namespace on all nodes with their sizes, without the room that each client has by its id. */
  rooms(nsp: string): ReadonlyMap<string, number> {
    return this.#sums.get(nsp)?.rooms ?? new Map<string, number>();
  }

  /** The changes since the last call; undefined if there are none. */
  changes(): Counts | undefined {
    if (this.#recount) {
      this.#recount = false;
      return this.all();
    }
    if (this.#changed.size === 0) return undefined;
    const counts = [...this.#changed].flatMap(([nsp, rooms]) =>
      [...rooms].map((room) => [nsp, room, this.#own(nsp, room)] as const),
    );
    this.#changed = new Map();
    return { version: ++this.#version, counts };
  }

  all(): Counts {
    const counts = [...this.#adapters].flatMap(([nsp, adapter]) => [
      [nsp, null, countMembers(adapter)] as const,
      ...[...(this.#local.get(nsp) ?? [])].map(([room, size]) => [nsp, room, size] as const),
    ]);
    return { version: this.#version, all: true, counts };
  }

  /** Another node has missed something. */
  recount(): void {
    this.#recount = true;
  }

  /** @returns false when a version is missing */
  receive(uid: string, { version, all, counts }: Counts): boolean {
    if (!Array.isArray(counts) || typeof version !== 'number') return true;
    let node = this.#nodes.get(uid);
    if (all) {
      this.forget(uid);
      this.#nodes.set(uid, (node = { version, rooms: 0, tallies: new Map() }));
    } else if (!node || version > node.version + 1) return false;
    else if (version <= node.version) return true;
    node.version = version;
    for (const [nsp, room, count] of counts) this.#set(node, nsp, room, count);
    return true;
  }

  forget(uid: string): void {
    for (const [nsp, { clients, rooms }] of this.#nodes.get(uid)?.tallies ?? []) {
      this.#add(nsp, null, -clients);
      for (const [room, count] of rooms) this.#add(nsp, room, -count);
    }
    this.#nodes.delete(uid);
  }

  #note(nsp: string, adapter: Adapter, room: string, id: string): void {
    if (room === id) return this.#mark(nsp, null);
    const size = countMembers(adapter, room);
    const before = this.#localOf(nsp).get(room) ?? 0;
    if (size > 0) this.#localOf(nsp).set(room, size);
    else this.#localOf(nsp).delete(room);
    this.#add(nsp, room, size - before);
    this.#mark(nsp, room);
  }

  #localOf(nsp: string): Map<string, number> {
    let rooms = this.#local.get(nsp);
    if (!rooms) this.#local.set(nsp, (rooms = new Map()));
    return rooms;
  }

  #mark(nsp: string, room: string | null): void {
    let rooms = this.#changed.get(nsp);
    if (!rooms) this.#changed.set(nsp, (rooms = new Set()));
    rooms.add(room);
  }

  #own(nsp: string, room: string | null): number {
    const adapter = this.#adapters.get(nsp);
    if (room === null) return adapter ? countMembers(adapter) : 0;
    return this.#local.get(nsp)?.get(room) ?? 0;
  }

  #set(node: NodeCounts, nsp: string, room: string | null, count: number): void {
    if (!(count >= 0) || typeof nsp !== 'string') return;
    let tally = node.tallies.get(nsp);
    if (!tally) node.tallies.set(nsp, (tally = { clients: 0, rooms: new Map() }));
    if (room === null) {
      this.#add(nsp, null, count - tally.clients);
      tally.clients = count;
      return;
    }
    const before = tally.rooms.get(room) ?? 0;
    if (before === 0 && node.rooms >= MAX_ROOMS) return;
    node.rooms += (count > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
    if (count > 0) tally.rooms.set(room, count);
    else tally.rooms.delete(room);
    this.#add(nsp, room, count - before);
  }

  #add(nsp: string, room: string | null, count: number): void {
    if (count === 0) return;
    let sum = this.#sums.get(nsp);
    if (!sum) this.#sums.set(nsp, (sum = { clients: 0, rooms: new Map() }));
    if (room === null) sum.clients += count;
    else {
      const size = (sum.rooms.get(room) ?? 0) + count;
      if (size > 0) sum.rooms.set(room, size);
      else sum.rooms.delete(room);
    }
  }
}
