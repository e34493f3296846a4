/**
 * A program of its own for `latest-client.test.ts`: clients come and leave, one after the other, and garbage is collected. Prints which of
 * their sockets are left.
 */
import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { createApp, Namespace, On, OnConnect, OnDisconnect } from '../../src/index.js';
import type { RunningApp } from '../../src/app/running.js';
import { mark } from '../support/v8-classes.js';
import { MARKS } from './latest-client.js';

const refs: WeakRef<Socket>[] = [];
let left = (): void => {};

@Namespace('/')
class Chat {
  @OnConnect
  enter(socket: Socket): void {
    refs.push(new WeakRef(socket));
  }

  @On('now')
  answer(socket: Socket): number {
    return socket.rooms.size;
  }

  @On('later')
  async answerLater(socket: Socket): Promise<number> {
    await socket.join('room');
    await pause(1);
    return socket.rooms.size;
  }

  @On('never', { timeout: 20 })
  async answerNever(): Promise<void> {
    await pause(60);
  }

  @On('failing')
  fail(): never {
    throw new Error('it fails');
  }

  @OnDisconnect
  leave(): void {
    left();
  }
}

@Namespace('/closed')
class Closed {
  @OnConnect
  refuse(): boolean {
    return false;
  }
}

const app = (await createApp({ controllers: [Chat, Closed], logger: false })) as RunningApp;
const { url } = await app.listen({ port: 0, host: '127.0.0.1' });

async function visit(transport = 'websocket'): Promise<void> {
  const client = io(url, { transports: [transport], forceNew: true, reconnection: false });
  await new Promise((resolve) => client.on('connect', () => resolve(undefined)));
  await Promise.all(['now', 'later', 'never', 'failing'].map((event) => client.emitWithAck(event)));
  const gone = new Promise<void>((resolve) => (left = resolve));
  client.close();
  await gone;
}

/** A client that is refused is not kept in place of the one that was let in. */
async function beRefused(): Promise<void> {
  const client = io(`${url}/closed`, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise((resolve) => client.on('connect_error', resolve));
  client.close();
}

async function collect(): Promise<void> {
  for (let times = 0; times < 4; times++) {
    await pause(5);
    gc!();
  }
}

const alive = (): boolean[] => refs.map((ref) => ref.deref() !== undefined);

await visit('polling');
for (let count = 0; count < 30; count++) await visit();
await beRefused();
await collect();
const kept = alive();
mark(MARKS.kept);
await visit();
await collect();
const next = alive();
app.runtime.latest.forget();
await collect();
mark(MARKS.forgotten);
await visit();
mark(MARKS.end);
await app.close();
await collect();
process.stdout.write(`${JSON.stringify({ kept, next, closed: alive() })}\n`);
