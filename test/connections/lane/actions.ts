/** What an application does while its client talks: it begins to listen, stops, sends, and goes. */
import type { Socket } from 'socket.io';

type Heard = (...values: unknown[]) => void;

interface Emitter {
  on(event: string, listener: Heard): unknown;
  off(event: string, listener: Heard): unknown;
}

/** The parts beneath a socket that somebody may watch. */
interface Parts {
  readonly conn: Emitter & {
    readonly transport: Emitter;
    readonly server: Emitter;
    sendPacket(type: string): void;
    resetPingTimeout(): void;
    close(): void;
  };
  readonly client: { readonly decoder: Emitter };
  packet?: unknown;
  _onpacket?: unknown;
  onevent?: unknown;
}

export interface Scene {
  readonly socket: Socket;
  readonly heard: Heard;
  /** The kernel takes no more, or takes what waits. */
  readonly fill: () => void;
  readonly drain: () => void;
}

const partsOf = ({ socket }: Scene): Parts => socket as unknown as Parts;

/** One listener for each scene and event, so that it can be taken away. */
const listeners = new WeakMap<Socket, Map<string, Heard>>();

function listener({ socket, heard }: Scene, name: string): Heard {
  const own = listeners.get(socket) ?? new Map<string, Heard>();
  listeners.set(socket, own);
  const known = own.get(name) ?? ((...values: unknown[]) => heard(name, ...values.filter(isPlain)));
  own.set(name, known);
  return known;
}

const isPlain = (value: unknown): boolean => {
  try {
    return typeof value !== 'function' && JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
};

const watch = (
  name: string,
  part: (parts: Parts) => Emitter,
  event: string,
): Record<string, (scene: Scene) => void> => ({
  [`watch ${name}`]: (scene) => void part(partsOf(scene)).on(event, listener(scene, name)),
  [`leave ${name}`]: (scene) => void part(partsOf(scene)).off(event, listener(scene, name)),
});

/** Puts a method that tells of each call in the place of one, on the object itself. */
const replace = (name: 'packet' | '_onpacket' | 'onevent'): Record<string, (scene: Scene) => void> => {
  const before = new WeakMap<object, unknown>();
  return {
    [`replace ${name}`]: (scene) => {
      const parts = partsOf(scene);
      const method = parts[name] as Heard;
      if (!before.has(parts)) before.set(parts, Object.hasOwn(parts, name) ? method : undefined);
      parts[name] = function (this: unknown, ...values: unknown[]) {
        scene.heard(name, ...values.filter(isPlain));
        return method.apply(this, values);
      };
    },
    [`restore ${name}`]: (scene) => {
      const parts = partsOf(scene);
      if (before.get(parts) !== undefined) parts[name] = before.get(parts);
      else if (before.has(parts)) delete parts[name];
      before.delete(parts);
    },
  };
};

const table: Readonly<Record<string, (scene: Scene) => void>> = {
  ...watch('conn packet', ({ conn }) => conn, 'packet'),
  ...watch('conn data', ({ conn }) => conn, 'data'),
  ...watch('conn message', ({ conn }) => conn, 'message'),
  ...watch('conn packetCreate', ({ conn }) => conn, 'packetCreate'),
  ...watch('conn flush', ({ conn }) => conn, 'flush'),
  ...watch('conn drain', ({ conn }) => conn, 'drain'),
  ...watch('transport packet', ({ conn }) => conn.transport, 'packet'),
  ...watch('transport drain', ({ conn }) => conn.transport, 'drain'),
  ...watch('decoded', ({ client }) => client.decoder, 'decoded'),
  ...watch('heard', (parts) => parts as unknown as Emitter, 'heard'),
  ...watch('echo', (parts) => parts as unknown as Emitter, 'echo'),
  ...replace('packet'),
  ...replace('_onpacket'),
  ...replace('onevent'),
  'any on': (scene) => void scene.socket.onAny(listener(scene, 'any')),
  'any off': (scene) => void scene.socket.offAny(listener(scene, 'any')),
  'any outgoing on': (scene) => void scene.socket.onAnyOutgoing(listener(scene, 'any outgoing')),
  'any outgoing off': (scene) => void scene.socket.offAnyOutgoing(listener(scene, 'any outgoing')),
  use: (scene) =>
    void scene.socket.use((packet, next) => {
      scene.heard('use', packet[0]);
      if (packet[0] === 'refuses') next(new Error('not this one'));
      else next();
    }),
  emit: ({ socket }) => void socket.emit('news', 'é'),
  'emit volatile': ({ socket }) => void socket.volatile.emit('news', 'volatile'),
  'emit bytes': ({ socket }) => void socket.emit('news', Buffer.from('abc')),
  'emit with ack': ({ socket, heard }) =>
    void socket.emit('question', (...values: unknown[]) => heard('answered', ...values)),
  broadcast: ({ socket }) => void socket.nsp.emit('news', 'to all'),
  ping: (scene) => {
    const { conn } = partsOf(scene);
    conn.sendPacket('ping');
    conn.resetPingTimeout();
  },
  fill: ({ fill }) => fill(),
  drain: ({ drain }) => drain(),
  leave: ({ socket }) => void socket.disconnect(),
  'leave and close': ({ socket }) => void socket.disconnect(true),
  close: (scene) => partsOf(scene).conn.close(),
};

export type Action = string;

const ending = new Set(['leave', 'leave and close', 'close']);
/** What ends a connection is rare. */
export const actions: readonly Action[] = [
  ...Object.keys(table).filter((name) => !ending.has(name)),
  ...Object.keys(table).filter((name) => !ending.has(name)),
  ...ending,
];

export function act(action: unknown, scene: Scene): void {
  table[String(action)]?.(scene);
}
