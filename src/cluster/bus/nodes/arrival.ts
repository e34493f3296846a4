/** Decides when a node that starts hears the others, and knows who they are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AdapterError } from '../../errors.js';
import { within } from '../link/within.js';

/** The parts of a node that its arrival uses. */
export interface ArrivingNode {
  readonly engine: string;
  /** How many other nodes are known. */
  known(): number;
  /** Sends a frame to this node alone. */
  sendToSelf(): void;
}

/** Milliseconds for which a start waits for other nodes at the most. */
const LONGEST_WAIT = 500;

export class Arrival {
  readonly #echoed: Promise<void>;
  #onEcho!: () => void;
  #onReturn: () => void = () => {};

  /** @param answerTime milliseconds in which other nodes have answered one that has just started, if nothing keeps them */
  constructor(
    private readonly node: ArrivingNode,
    private readonly answerTime: number,
  ) {
    this.#echoed = new Promise((resolve) => (this.#onEcho = resolve));
  }

  /** A frame of this node to all came back. */
  echo(): void {
    this.#onEcho();
  }

  /** A frame of this node to itself came back. */
  returned(): void {
    this.#onReturn();
  }

  /**
   * When what this node sends comes back to it, what others send does too. Then those are waited for who are there.
   * @throws AdapterError when nothing comes back in that time
   */
  async complete(timeout: number): Promise<void> {
    await within(timeout, this.#echoed).catch((cause: unknown) => {
      const message = `The ${this.node.engine} adapter is connected, but its messages do not come back`;
      throw new AdapterError('unreachable', message, { cause });
    });
    await within(LONGEST_WAIT, this.#othersAnswered()).catch(() => {});
  }

  /** Waits until no more of them answer the hello, each by a frame to its sender alone. */
  async #othersAnswered(): Promise<void> {
    for (let known = -1; this.node.known() > known;) {
      known = this.node.known();
      await Promise.all([this.#roundTrip(), this.answerTime > 0 && sleep(this.answerTime)]);
    }
  }

  /** As long as a frame to one node alone takes at the least. */
  #roundTrip(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReturn = resolve;
      this.node.sendToSelf();
    });
  }
}
