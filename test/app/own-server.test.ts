import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Server } from 'socket.io';
import { createApp, type AppOptions } from '../../src/index.js';
import { assertMistake, mistake, mistakes } from '../controllers/scan/mistakes.js';

test('an option of Socket.IO beside a server of your own is a mistake: it would not hold', async () => {
  const options: Partial<AppOptions> = {
    cors: { origin: ['https://friend.example'] },
    allowRequest: (_request, decide) => decide(null, false),
    connectionStateRecovery: {},
    maxHttpBufferSize: 1_000,
    path: '/ws',
  };
  const problems = await mistakes([], { io: new Server(), ...options });
  assert.deepEqual(
    problems.map(({ where }) => where),
    Object.keys(options),
  );
  assertMistake(problems[0]!, 'cors', /does not hold for the server of your own/, /new Server\({ cors: … }\)/);
});

test('so is a limit that Socket.IO keeps; all others hold', async () => {
  const io = new Server();
  const problems = await mistakes([], { io, limits: { payload: 1_000, joinTime: 100, rooms: 5 } });
  assert.equal(problems.length, 2);
  assertMistake(problems[0]!, 'limits.payload', /does not hold/, /new Server\({ maxHttpBufferSize: … }\)/);
  assertMistake(problems[1]!, 'limits.joinTime', /does not hold/, /new Server\({ connectTimeout: … }\)/);
});

test('what createApp reads itself may stand beside a server of your own, and so may what is not given', async () => {
  const { cors } = {} as Partial<AppOptions>;
  const options = {
    cors,
    limits: { rooms: 5 },
    engine: 'ws',
    signals: false,
    printTable: false,
  } as Partial<AppOptions>;
  const app = await createApp({ controllers: [], io: new Server(), logger: false, ...options });
  await app.close();
  assert.equal((await mistake([], { io: new Server(), transports: ['polling'] })).where, 'transports');
});

test('an engine that would have to take the place of the one it has is one too', async () => {
  const problem = await mistake([], { io: new Server(), engine: 'eiows' });
  assertMistake(problem, 'engine', /given as `io`/, /wsEngine/);
});

test('an engine that there is none of is one beside a server of your own too', async () => {
  const problem = await mistake([], { io: new Server(), engine: 'none' as never });
  assertMistake(problem, 'engine', /'none' must be one of 'auto'/, /'auto'/);
});
