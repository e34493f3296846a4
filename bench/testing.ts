/**
 * What a test costs that boots an application, connects a client and calls once: CPU of this process for 1,000 of them,
 * with the test kit and beside it over a port, in turns.
 *
 *     npm run build && npx tsc -p bench && node bench/.build/testing.js [tests] [rounds]
 */
import 'reflect-metadata';
import { IsString, Length } from 'class-validator';
import { createApp, Namespace, On } from 'colloquy';
import { createTestApp } from 'colloquy/testing';
import { io } from 'socket.io-client';
import { singleton } from 'tsyringe';

const [tests = 1000, rounds = 5] = process.argv.slice(2).map(Number);

class Join {
  @IsString() @Length(1, 40) room!: string;
}

@singleton()
class Rooms {
  readonly names = new Set<string>();
}

@Namespace('/test')
class Chat {
  constructor(private readonly rooms: Rooms) {}
  @On('join') join(join: Join) {
    this.rooms.names.add(join.room);
    return this.rooms.names.size;
  }
}

async function inMemory(): Promise<unknown> {
  const app = await createTestApp({ controllers: [Chat] });
  const client = await app.connect('/test');
  const answer = await client.call('join', { room: 'a' });
  await app.close();
  return answer;
}

async function overPort(): Promise<unknown> {
  const app = await createApp({ controllers: [Chat], logger: false, printTable: false, signals: false });
  const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = io(`http://127.0.0.1:${port}/test`, { forceNew: true, transports: ['websocket'] });
  await new Promise<void>((resolve) => client.on('connect', resolve));
  const answer: unknown = await client.emitWithAck('join', { room: 'a' });
  client.disconnect();
  await app.close();
  return answer;
}

async function round(name: string, test: () => Promise<unknown>): Promise<void> {
  const before = process.cpuUsage();
  const began = performance.now();
  for (let index = 0; index < tests; index++) {
    if (typeof (await test()) !== 'number') throw new Error('wrong answer');
  }
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - began).toFixed(0);
  console.log(`${name.padEnd(6)} ${tests} tests: ${((user + system) / 1000).toFixed(0)} ms CPU, ${wall} ms wall`);
}

for (let each = 0; each < rounds; each++) {
  await round('memory', inMemory);
  await round('port', overPort);
}
