/** A TCP connection between a node and its broker that a test can cut. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** Nothing passes any more, without a word to either end; new connections are turned away. */
  cut(): void;
  /** Ends what was cut, and lets new connections through. */
  fix(): void;
  close(): void;
}

export async function openWire(port: number): Promise<Wire> {
  const ends = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    near.pipe(far);
    far.pipe(near);
    near.on('close', () => whole && far.destroy());
    far.on('close', () => whole && near.destroy());
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => {}).on('close', () => ends.delete(end));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = (): void => {
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false;
      for (const end of ends) end.unpipe().pause();
    },
    fix() {
      endAll();
      whole = true;
    },
    close() {
      server.close();
      endAll();
    },
  };
}
