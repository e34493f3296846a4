/**
 * When clients are to be pinged. Node.js makes a timer of 120 bytes for each, and Engine.IO a function for it to call; but all have
 * the same interval, so they are due in the order in which they were set, and one timer serves them all.
 */
import { AsyncResource } from 'node:async_hooks';
import type { EngineSocket, Heartbeat } from './ws.js';

/** Sets the heartbeat of a socket. */
export function startHeartbeat(socket: EngineSocket, interval: number): Heartbeat {
  let list = lists.get(interval);
  if (!list) lists.set(interval, (list = new HeartbeatList(interval)));
  return new Beat(socket, list);
}

/** By their intervals; servers share them. */
const lists = new Map<number, HeartbeatList>();

/**
 * A place in a list, and out of it while a ping has not been answered. Its client's pings, and the end of one that does not answer, run in the
 * async context of its own handshake, as with a timer of its own: the timer of the list belongs to whoever came first.
 */
class Beat extends AsyncResource implements Heartbeat {
  due = 0;
  previous: Beat | undefined;
  next: Beat | undefined;

  constructor(
    readonly socket: EngineSocket,
    private readonly list: HeartbeatList,
  ) {
    super('COLLOQUYHEARTBEAT', { requireManualDestroy: true });
    list.add(this);
  }

  refresh(): void {
    this.list.remove(this);
    this.list.add(this);
  }

  close(): void {
    this.list.remove(this);
  }
}

class HeartbeatList {
  #first: Beat | undefined;
  #last: Beat | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly interval: number) {}

  add(beat: Beat): void {
    beat.due = clock() + this.interval;
    beat.previous = this.#last;
    if (this.#last) this.#last.next = beat;
    else this.#first = beat;
    this.#last = beat;
    this.#timer ??= this.#arm(this.#first!);
  }

  /** Does nothing to one that is not in the list. */
  remove(beat: Beat): void {
    const { previous, next } = beat;
    if (!previous && this.#first !== beat) return;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    beat.previous = undefined;
    beat.next = undefined;
    if (this.#first) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm({ due }: Beat): NodeJS.Timeout {
    return setTimeout(() => this.#fire(due), due - clock());
  }

  /** The time is at least the one that the timer was set for: it may come a little early. */
  #fire(time: number): void {
    const now = Math.max(time, clock());
    this.#timer = undefined;
    try {
      for (let beat = this.#first; beat && beat.due <= now; beat = this.#first) {
        this.remove(beat);
        beat.runInAsyncScope(ping, undefined, beat.socket);
      }
    } finally {
      if (this.#first) this.#timer ??= this.#arm(this.#first);
    }
  }
}

/** As Engine.IO does when its timer is due. */
function ping(socket: EngineSocket): void {
  socket.hasRefreshedPingTimeout = false;
  socket.sendPacket('ping');
  socket.resetPingTimeout();
}

/** Milliseconds as small whole numbers, which V8 keeps where they are used. */
function clock(): number {
  return Math.ceil(performance.now());
}
