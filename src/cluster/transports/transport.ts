/** The interface of an engine: a transport that makes sessions. */
import { AdapterError } from '../errors.js';

/** The receivers of a frame: every node, or the node of that id. */
export type Topic = 'all' | (string & {});

/** The context of a transport, given once when it is made. */
export interface TransportContext {
  readonly url: URL;
  /** The same URL for each host that it names, when it names several. */
  readonly urls?: readonly URL[];
  readonly prefix: string;
  /** Subscribes to `all` and to this id; null for what only sends. */
  readonly uid: string | null;
  /** Subscribes to its own id, and not to `all`: an emitter. */
  readonly isEmitter?: boolean;
  readonly client: (() => unknown) | undefined;
}

/** Reports of a session. Each may be called at any time until `close` was called. */
export interface SessionEvents {
  frame(bytes: Buffer): void;
  /** The session is of no more use; a new one is made. Later calls are ignored. */
  closed(reason: unknown): void;
  /** The broker takes nothing for now, with its reason; null when it does again. */
  blocked(reason: string | null): void;
  /** Frames that were accepted by `publish` but did not reach the broker. */
  lost(frames: number): void;
}

/** One established and fully subscribed connection. It is never repaired: when it breaks, a new one is made. */
export interface Session {
  /** The largest frame that fits, in bytes. */
  readonly maxFrame: number;
  /**
   * Queues a frame and returns at once; frames keep their order. False: the queue is full, the frame is dropped.
   * @throws when the session is broken
   */
  publish(topic: Topic, frame: Buffer): boolean;
  /** Whether there is a subscriber to that node's topic, as the broker sees it. */
  probe(uid: string): Promise<boolean>;
  /**
   * Takes the broker's own lock of that name, if it has such: it is this session's, and lasts for that time (ms) at most
   * unless it is renewed. `force` ends the session that has it, which has been silent for long.
   * @returns null when another session has it
   */
  lock?(name: string, time: number, force: boolean): Promise<Lock | null>;
  /** Sends what is queued (within reason), then disconnects. */
  close(): Promise<void>;
}

/** A lock that the broker has given. */
export interface Lock {
  /** Higher than that of every earlier holder. */
  readonly fence: number;
  /** Milliseconds for which it lasts unless it is renewed. */
  readonly time: number;
  /** @returns false when it is lost */
  renew(): Promise<boolean>;
  release(): void;
}

/** The topics that a session subscribes to. */
export function topicsOf({ uid, isEmitter }: TransportContext): Topic[] {
  if (uid === null) return [];
  return isEmitter ? [uid] : ['all', uid];
}

/** A thin layer over one engine: makes sessions, knows nothing of messages, retries or membership. */
export interface Transport {
  readonly engine: string;
  connect(events: SessionEvents): Promise<Session>;
  /** Ends what outlives sessions. */
  stop?(): Promise<void>;
}

/** Bytes that may wait in a client library for the broker, per session; what comes on top is dropped and counted. */
export const MAX_QUEUED = 64 * 1024 * 1024;

/** Frames of engines without a limit of their own are cut here, so that one large message does not hold up the rest. */
export const FRAME = 1024 * 1024;

/** Loads an optional client library, or says how to install it. */
export async function loadLibrary<T>(load: () => Promise<T>, engine: string, name: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw missingLibrary(engine, name, error);
  }
}

/** The error of an engine whose library is not installed. */
export function missingLibrary(engine: string, name: string, cause: unknown, addition = ''): AdapterError {
  const message = `The ${engine} adapter needs the package "${name}": npm install ${name}${addition}`;
  return new AdapterError('library', message, { cause });
}

/** Counts the bytes that wait for the broker. */
export class Backlog {
  #bytes = 0;

  /** False when there is no room for so many more. */
  take(bytes: number): boolean {
    if (this.#bytes > 0 && this.#bytes + bytes > MAX_QUEUED) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Has so many bytes sent, and returns at once: false when there is no room for them. What fails counts as lost. */
  send(bytes: number, work: () => Promise<unknown>, events: Pick<SessionEvents, 'lost'>): boolean {
    if (!this.take(bytes)) return false;
    const release = (): void => this.release(bytes);
    work().then(release, () => {
      release();
      events.lost(1);
    });
    return true;
  }
}
