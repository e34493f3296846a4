/** A program of its own for `hidden-classes.test.ts`: takes TCP connections, collects garbage while nothing goes on, and takes as many again. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createApp } from '../../src/index.js';
import { mark } from '../support/v8-classes.js';
import { CONNECTIONS, MARK } from './hidden-classes.js';

async function listen(): Promise<{ port: number; close(): unknown }> {
  if (process.argv[2] === 'application') {
    const app = await createApp({ controllers: [], logger: false });
    const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
    return { port, close: () => app.close() };
  }
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const { port, close } = await listen();

async function serve(): Promise<void> {
  for (let count = 0; count < CONNECTIONS; count++) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    process.nextTick(() => {});
    socket.destroy();
    await once(socket, 'close');
  }
}

await serve();
for (let times = 0; times < 3; times++) {
  await pause(5);
  gc!();
}
mark(MARK);
await serve();
await close();
