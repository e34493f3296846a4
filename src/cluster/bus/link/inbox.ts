/** Incoming frames become messages, in order and once. */
import { Assembler } from '../frames/assembler.js';
import { readBundle } from '../frames/bundle.js';
import { decode } from '../frames/codec.js';
import { type Frame, parseFrame } from '../frames/frame.js';

/** Takes incoming messages. */
export interface InboxUser<Message> {
  readonly uid: string;
  /** A frame of this node came back to it. */
  returned(frame: Frame, now: number): void;
  /** A frame of another node came. */
  heard(uid: string, now: number): void;
  /** @returns false for what is no message */
  message(uid: string, message: Message, now: number): boolean;
  /** Is called with what following a message threw. */
  failed(error: unknown): void;
}

export class Inbox<Message extends object> {
  /** Messages of other nodes. */
  received = 0;
  /** Frames and messages that are none. */
  malformed = 0;
  readonly #assembler = new Assembler();

  constructor(private readonly user: InboxUser<Message>) {}

  /** Messages to all that never arrived; each piece of a large one counts. */
  get missed(): number {
    return this.#assembler.missed;
  }

  /** The number of the last frame to all that came from that sender. */
  heardOf(uid: string): number {
    return this.#assembler.heardOf(uid);
  }

  forget(before: number): void {
    this.#assembler.forget(before);
  }

  receive(bytes: Buffer): void {
    const frame = parseFrame(bytes);
    if (!frame) return void this.malformed++;
    const now = performance.now();
    const { uid } = frame;
    if (uid === this.user.uid) return this.user.returned(frame, now);
    this.user.heard(uid, now);
    const body = this.#assembler.accept(frame, now);
    for (const message of body ? this.#messagesOf(frame, body) : []) this.#follow(uid, message, now);
  }

  #follow(uid: string, message: Message, now: number): void {
    this.received++;
    try {
      if (!this.user.message(uid, message, now)) this.malformed++;
    } catch (error) {
      this.user.failed(error);
    }
  }

  #messagesOf({ many }: Frame, body: Buffer): Message[] {
    try {
      return (many ? readBundle(body) : [body]).map((each) => decode(each) as Message);
    } catch {
      this.malformed++;
      return [];
    }
  }
}
