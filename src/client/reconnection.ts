/** Servers that stop say over which time their clients may come back: each waits for a random part of it. */

interface Packet {
  readonly type: string;
  readonly data?: unknown;
}

interface Engine {
  on(event: 'packet', listener: (packet: Packet) => void): unknown;
}

/** The parts of a manager of socket.io-client that are used here. */
interface Manager {
  readonly engine?: Engine;
  on(event: 'open', listener: () => void): unknown;
  once(event: 'reconnect_attempt', listener: () => void): unknown;
  reconnectionDelay(): number;
  reconnectionDelay(time: number): unknown;
  reconnectionDelayMax(): number;
  reconnectionDelayMax(time: number): unknown;
  randomizationFactor(): number;
  randomizationFactor(factor: number): unknown;
}

const known = new WeakSet<object>();

/** Has the manager of a socket heed what servers say: a packet `noop` with the text `drain:` and milliseconds. */
export function spreadReconnections(socket: object): void {
  const { io: manager } = socket as { readonly io?: Manager };
  if (!manager || known.has(manager)) return;
  known.add(manager);
  let engine: Engine | undefined;
  let isDelayed = false;
  const listen = (): void => {
    if (!manager.engine || engine === manager.engine) return;
    engine = manager.engine;
    engine.on('packet', ({ type, data }) => {
      const hint = type === 'noop' && /^drain:(\d{1,5})$/.exec(String(data));
      // The delays of now are the manager's own only until the first hint.
      if (!hint || isDelayed) return;
      isDelayed = true;
      delayNext(manager, Number(hint[1]), () => (isDelayed = false));
    });
  };
  listen();
  manager.on('open', listen);
}

/** The first attempt comes after the manager's own delay and a random part of that time; later ones are as ever. */
function delayNext(manager: Manager, spread: number, restored: () => void): void {
  const [delay, most, jitter] = [
    manager.reconnectionDelay(),
    manager.reconnectionDelayMax(),
    manager.randomizationFactor(),
  ];
  const first = delay * (1 + jitter * (2 * Math.random() - 1)) + spread * Math.random();
  const set = (least: number, longest: number, factor: number): void => {
    manager.randomizationFactor(factor);
    manager.reconnectionDelayMax(longest);
    manager.reconnectionDelay(least);
  };
  set(first, Math.max(first, most), 0);
  manager.once('reconnect_attempt', () => {
    set(delay, most, jitter);
    restored();
  });
}
