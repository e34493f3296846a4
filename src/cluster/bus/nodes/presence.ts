/** Heartbeats: says that this node lives, and hears who else does. */
import type { Lock, Topic } from '../../transports/transport.js';
import type { Census, Counts } from './census.js';
import { type Lease, type LeaseOptions, Leases } from './elections.js';
import { Members, type Heartbeat, type NodeState } from './members.js';

/**
 * Messages of nodes about themselves. `hello`: the link is up, or a lease is asked for; it is answered by a `beat`.
 * `who`: an emitter, or a node with a new link, asks what others got. `heard`: the number of the last frame to all that
 * the sender got from the node that asked.
 */
export type NodeMessage =
  | { readonly node: 'hello'; readonly state: NodeState; readonly claim: number }
  | Beat
  | { readonly node: 'who' | 'recount' | 'bye' };

interface Beat {
  readonly node: 'beat';
  readonly state: NodeState;
  readonly heard?: number;
  /** The claim that this answers. */
  readonly claim?: number;
  readonly counts?: Counts;
}

/** The parts of a node that presence uses. */
export interface PresenceNode {
  readonly uid: string;
  isUp(): boolean;
  /** Sends, and returns the number of the last frame of its series that went to all. */
  say(topic: Topic, message: NodeMessage): number;
  /** The number of the last frame to all that came from that node. */
  heardOf(uid: string): number;
  /** Drops the link: nothing comes through it. */
  reset(reason: string): void;
  /** Senders that were silent since then are of no interest any more. */
  forget(before: number): void;
  onGone(uid: string): void;
  /** Another node has said what it got, or is gone. */
  onHeard(): void;
  lock(name: string, force: boolean): Promise<Lock | null> | undefined;
  failed(error: unknown): void;
}

/** Milliseconds. */
const FORGET_AFTER = 60_000;

/** Knows the other nodes: says hello when the link is up, sends heartbeats, and keeps the leases that depend on them. */
export class Presence {
  readonly members: Members;
  readonly #leases: Leases;
  readonly #timer: NodeJS.Timeout;
  /** Own heartbeats that have not come back yet: the number of the frame, and when it was sent. */
  #underway: { number: number; at: number }[] = [];
  /** Hellos so far, and the first one on this link. */
  #claims = 0;
  #firstClaim = 0;
  /** Clock readings in milliseconds. `echo`: when the youngest heartbeat that came back was sent; `up`: 0 while down. */
  readonly #at = { tick: performance.now(), beat: 0, echo: 0, up: 0, alive: 0 };

  constructor(
    private readonly node: PresenceNode,
    private readonly heartbeat: Heartbeat,
    settle: number,
    private readonly census: Census,
  ) {
    this.members = new Members((uid) => {
      census.forget(uid);
      node.onGone(uid);
      node.onHeard();
    });
    this.#leases = new Leases(
      {
        uid: node.uid,
        upSince: () => this.#at.up,
        unconfirmedFor: () => performance.now() - this.#at.echo,
        others: () => this.members.recent(),
        announce: () => this.#beat(),
        claim: () => this.#claim(),
        firstClaim: () => this.#firstClaim,
        lock: (name, force) => node.lock(name, force),
        failed: (error) => node.failed(error),
      },
      { ...heartbeat, settle },
    );
    const period = Math.max(20, Math.min(heartbeat.interval / 4, heartbeat.timeout / 8, 250));
    this.#timer = setInterval(() => this.#tick(), period).unref();
  }

  lease(name: string, options: LeaseOptions): Lease {
    return this.#leases.open(name, options);
  }

  up(): void {
    const now = performance.now();
    Object.assign(this.#at, { up: now, alive: now });
    this.members.resetTimers(now);
    this.members.awaitAll();
    this.#firstClaim = this.#claim();
  }

  down(): void {
    this.#at.up = 0;
    this.#underway = [];
    this.#leases.loseAll();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#leases.loseAll();
    if (this.node.isUp()) this.node.say('all', { node: 'bye' });
  }

  /** A frame of another node arrived. */
  heard(uid: string, now: number): void {
    this.members.touch(uid, now);
  }

  /** Any frame of this node came back. */
  alive(now: number): void {
    this.#at.alive = now;
  }

  /** A heartbeat of this node came back. */
  echo(number: number): void {
    while (this.#underway[0] && this.#underway[0].number <= number) this.#at.echo = this.#underway.shift()?.at ?? 0;
  }

  /** @returns false for what is no such message */
  receive(uid: string, message: NodeMessage, now: number): boolean {
    if (message.node === 'who') this.#answer(uid);
    else if (message.node === 'recount') this.census.recount();
    else if (message.node === 'bye') this.#left(uid);
    else if ('state' in message && isState(message.state)) this.#hear(uid, message, now);
    else return false;
    return true;
  }

  /** The broker says that no client of its own listens for that node. */
  gone(uid: string): void {
    this.members.markGone(uid);
  }

  #left(uid: string): void {
    this.members.remove(uid);
    this.#leases.check();
  }

  #hear(uid: string, message: Extract<NodeMessage, { state: NodeState }>, now: number): void {
    this.members.put(uid, message.state, now);
    if (message.node === 'beat') {
      if (typeof message.claim === 'number') this.members.answered(uid, message.claim);
      if (typeof message.heard === 'number') {
        this.members.heard(uid, message.heard);
        this.node.onHeard();
      }
      if (message.counts && !this.census.receive(uid, message.counts)) this.#say({ node: 'recount' }, uid);
    } else {
      this.#answer(uid, { claim: message.claim, counts: this.census.all() });
      this.node.onHeard();
      // Its link is new, or it missed this node's own hello.
      if (this.members.get(uid)?.awaited) this.#say({ node: 'who' }, uid);
    }
    this.#leases.check();
  }

  #claim(): number {
    const claim = ++this.#claims;
    this.#say({ node: 'hello', state: this.#leases.state(), claim });
    return claim;
  }

  #answer(uid: string, more: Pick<Beat, 'claim' | 'counts'> = {}): void {
    this.#say({ node: 'beat', state: this.#leases.state(), heard: this.node.heardOf(uid), ...more }, uid);
  }

  #beat(): void {
    const counts = this.census.changes();
    this.#say({ node: 'beat', state: this.#leases.state(), ...(counts && { counts }) });
  }

  #say(message: NodeMessage, topic: Topic = 'all'): void {
    if (!this.node.isUp()) return;
    const number = this.node.say(topic, message);
    if (topic !== 'all' || message.node === 'who') return;
    this.#at.beat = performance.now();
    this.#underway.push({ number, at: this.#at.beat });
  }

  #tick(): void {
    const now = performance.now();
    const { interval, timeout } = this.heartbeat;
    const slept = now - this.#at.tick > interval;
    this.#at.tick = now;
    this.#leases.check();
    if (!this.node.isUp()) return;
    if (slept) {
      // Frames that others sent meanwhile wait to be read.
      this.members.resetTimers(now);
      this.#at.alive = now;
    }
    if (now - this.#at.beat >= interval) {
      if (this.#leases.lacksAnswers()) this.#claim();
      else this.#beat();
    }
    if (this.members.awaited > 0) this.#say({ node: 'who' });
    this.members.expire(now, this.#at.alive, this.heartbeat);
    if (now - this.#at.up > FORGET_AFTER) this.node.forget(now - FORGET_AFTER);
    if (now - this.#at.alive > timeout) this.node.reset(`nothing came back for ${timeout} ms`);
  }
}

function isState(state: unknown): state is NodeState {
  const { held, wanted } = Object(state) as Partial<NodeState>;
  return [held, wanted].every((names) => Array.isArray(names) && names.every((name) => typeof name === 'string'));
}
