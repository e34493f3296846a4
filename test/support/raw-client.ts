/** A client without manners: writes Socket.IO packets as text, and reads the frames as they come. */
import type { TestContext } from 'node:test';
import { Socket as EngineSocket } from 'engine.io-client';
import { nextEvent, until } from './wait.js';

export interface RawClient {
  /** All that came, in order. */
  readonly frames: readonly (string | Buffer)[];
  readonly closed: Promise<unknown>;
  send(...packets: (string | Buffer)[]): void;
  /** The first frame, from now on or before, that begins so; it is given once. */
  frame(start: string): Promise<string>;
  close(): void;
}

/** Opens an Engine.IO connection; no namespace is entered yet. */
export async function openRaw(t: TestContext, url: string, transport = 'websocket'): Promise<RawClient> {
  const engine = new EngineSocket(url, { path: '/socket.io/', transports: [transport] });
  const frames: (string | Buffer)[] = [];
  const taken = new Set<number>();
  engine.on('message', (data: string | Buffer) => frames.push(data));
  const closed = new Promise((resolve) => engine.on('close', resolve));
  t.after(() => engine.close());
  await nextEvent(engine as never, 'open');
  const find = (start: string): number =>
    frames.findIndex((frame, index) => !taken.has(index) && typeof frame === 'string' && frame.startsWith(start));
  return {
    frames,
    closed,
    send: (...packets) => packets.forEach((packet) => engine.write(packet)),
    async frame(start) {
      await until(() => find(start) >= 0, `a frame '${start}…'`);
      const index = find(start);
      taken.add(index);
      return frames[index] as string;
    },
    close: () => engine.close(),
  };
}
