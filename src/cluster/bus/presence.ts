/** Heartbeats: says that this node lives, and hears who else does. */
import { type Lease, type LeaseOptions, Leases } from './elections.js';
import { Members, type NodeState } from './members.js';
import type { Topic } from '../transports/transport.js';

/** What nodes tell each other of themselves. */
export type NodeMessage = { readonly node: 'hello' | 'beat'; readonly state: NodeState } | { readonly node: 'bye' };

export interface Heartbeat {
  readonly interval: number;
  readonly timeout: number;
}

/** What presence needs of its node. */
export interface PresenceNode {
  readonly uid: string;
  isUp(): boolean;
  /** Sends, and returns the number of the last frame that went to everybody. */
  say(topic: Topic, message: NodeMessage): number;
  /** Gives the link up: nothing comes through it. */
  reset(reason: string): void;
  /** Senders that were silent since then are of no interest any more. */
  forget(before: number): void;
  onGone(uid: string): void;
  failed(error: unknown): void;
}

/** Milliseconds. */
const FORGET_AFTER = 60_000;

/** Who else is there: hello when the link is up, heartbeats, and the leases that hang on them. */
export class Presence {
  readonly #members: Members;
  readonly #leases: Leases;
  readonly #timer: NodeJS.Timeout;
  /** Own heartbeats that have not come back yet: the number of the frame, and when it was sent. */
  #underway: { number: number; at: number }[] = [];
  /** Clock readings in milliseconds. `echo`: when the youngest heartbeat that came back was sent; `up`: 0 while down. */
  readonly #at = { tick: performance.now(), beat: 0, echo: 0, up: 0, alive: 0 };

  constructor(
    private readonly node: PresenceNode,
    private readonly heartbeat: Heartbeat,
  ) {
    this.#members = new Members((uid) => node.onGone(uid));
    this.#leases = new Leases(
      {
        uid: node.uid,
        listeningFor: () => (this.#at.up === 0 ? 0 : performance.now() - this.#at.up),
        unconfirmedFor: () => performance.now() - this.#at.echo,
        others: () => this.#members.recent(),
        announce: () => this.#say('beat'),
        failed: (error) => node.failed(error),
      },
      heartbeat,
    );
    const period = Math.max(20, Math.min(heartbeat.interval / 4, heartbeat.timeout / 8));
    this.#timer = setInterval(() => this.#tick(), period).unref();
  }

  /** Ids of the nodes that can be asked. */
  live(): string[] {
    return this.#members.live();
  }

  lease(name: string, options: LeaseOptions): Lease {
    return this.#leases.open(name, options);
  }

  up(): void {
    const now = performance.now();
    Object.assign(this.#at, { up: now, alive: now });
    this.#members.resetTimers(now);
    this.#say('hello');
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
    this.#members.touch(uid, now);
  }

  /** A frame of this node came back. */
  echo(number: number, now: number): void {
    this.#at.alive = now;
    while (this.#underway[0] && this.#underway[0].number <= number) this.#at.echo = this.#underway.shift()?.at ?? 0;
  }

  /** @returns false for what is no such message */
  receive(uid: string, message: NodeMessage, now: number): boolean {
    if (message.node === 'bye') this.#members.remove(uid);
    else if (isState(message.state)) this.#members.put(uid, message.state, now);
    else return false;
    this.#leases.check();
    if (message.node === 'hello') this.#say('beat', uid);
    return true;
  }

  /** The broker says that nobody listens for that node. */
  gone(uid: string): void {
    this.#members.markGone(uid);
  }

  #say(node: 'hello' | 'beat', topic: Topic = 'all'): void {
    if (!this.node.isUp()) return;
    const number = this.node.say(topic, { node, state: this.#leases.state() });
    if (topic !== 'all') return;
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
      // What others sent meanwhile waits to be read.
      this.#members.resetTimers(now);
      this.#at.alive = now;
    }
    if (now - this.#at.beat >= interval) this.#say('beat');
    this.#members.expire(now - timeout);
    if (now - this.#at.up > FORGET_AFTER) this.node.forget(now - FORGET_AFTER);
    if (now - this.#at.alive > timeout) this.node.reset(`nothing came back for ${timeout} ms`);
  }
}

function isState(state: unknown): state is NodeState {
  const { held, wanted } = Object(state) as Partial<NodeState>;
  return [held, wanted].every((names) => Array.isArray(names) && names.every((name) => typeof name === 'string'));
}
