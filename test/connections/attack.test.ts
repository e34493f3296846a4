import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Allow, IsInt, IsOptional } from 'class-validator';
import { Auth, Namespace, On, OnAny, OnConnect, OnDisconnect, Payload } from '../../src/index.js';
import { start, transports, type Running } from '../support/app.js';
import { assertEmpty } from '../support/assert-empty.js';
import { undisturbed } from '../support/undisturbed.js';
import { openMute } from '../support/silent-client.js';
import { openRaw, type RawClient } from '../support/raw-client.js';
import { nextEvent, until } from '../support/wait.js';

class Anything {
  @Allow() any: unknown;
  @IsOptional() @IsInt() n?: number;
}

const seen: unknown[] = [];

@Namespace('/a')
class Target {
  @On() echo(@Payload({ type: Object }) value: unknown) {
    return value;
  }
  @On() dto(dto: Anything) {
    seen.push(dto);
    return Object.keys(dto);
  }
  @On() text(value: string) {
    return value;
  }
  @On() list(@Payload({ each: Anything }) list: Anything[]) {
    return list.length;
  }
  @On() bytes(value: Buffer) {
    return value.length;
  }
}

/** The server lives: a polite client is served, and everything that was opened is gone. */
async function assertAlive(running: Running, path = '/a'): Promise<void> {
  const socket = await running.connect(path);
  assert.deepEqual(await socket.emitWithAck('echo', { ok: true }), { ok: true });
  socket.disconnect();
  await until(() => running.app.io.engine.clientsCount === 0, 'the end of all transports');
  assertEmpty(running, path);
}

/** A raw client that is in the namespace `/a`. */
async function enter(t: TestContext, running: Running, transport = 'websocket'): Promise<RawClient> {
  const raw = await openRaw(t, running.url, transport);
  raw.send('0/a,');
  await raw.frame('0/a,');
  return raw;
}

const malformed = [
  '',
  ' ',
  '{',
  '2',
  '2[',
  '2/a,',
  '2/a,[',
  '2/a,{}',
  '2/a,[]',
  '2/a,[null]',
  '2/a,[{}]',
  '2/a,[[]]',
  '2/a,[true]',
  '2/a,"text"',
  '2/a,1',
  '2/a,1[',
  '2/a,-1["echo"]',
  '2/a,1e9["echo"]',
  '2/a,["connect"]',
  '2/a,["disconnect"]',
  '2/a,["newListener"]',
  '2/a,["disconnecting"]',
  '3/a,',
  '3/a,1[]',
  '3/a,1{}',
  '3/a,99999999999999999999[]',
  '4/a,{"message":"no"}',
  '4/a',
  '5',
  '5/a,["echo"]',
  '51-/a,["bytes",{"_placeholder":true,"num":0}]',
  '5-/a,["bytes"]',
  '59999999999-/a,["bytes",{"_placeholder":true,"num":0}]',
  '51-/a,["bytes",{"_placeholder":true,"num":"__proto__"}]',
  '51-/a,["bytes",{"_placeholder":true,"num":-1}]',
  '51-/a,["bytes",{"_placeholder":true,"num":7}]',
  '6/a,1[]',
  '61-/a,1[{"_placeholder":true,"num":0}]',
  '7',
  '9/a,["echo"]',
  '0/a,[]',
  '0/a,null',
  '0/a,"x"',
  '0/a,{"pid":{},"offset":[]}',
  '0/nowhere,',
  '0__proto__',
  '0/__proto__,',
  '0/constructor,',
  '1/nowhere,',
  '2/nowhere,["echo"]',
  `0${'/'.repeat(50_000)},`,
  '2/a,["\u0000"]',
  '2/a,["echo","\ud800"]',
];

for (const transport of transports) {
  test(`no malformed packet ends the process or leaves anything behind (${transport})`, async (t) => {
    const running = await start(t, [Target]);
    await undisturbed(async () => {
      for (const packet of malformed) {
        const raw = await enter(t, running, transport);
        raw.send(packet, '2/a,77["echo","after"]');
        await Promise.race([raw.closed, raw.frame('3/a,77["after"]')]);
        raw.close();
      }
      const before = await openRaw(t, running.url, transport);
      for (const packet of malformed) before.send(packet);
      before.close();
      await assertAlive(running);
    });
  });
}

test('an event before connect ends the transport, and no handler runs', async (t) => {
  const running = await start(t, [Target]);
  const before = seen.length;
  const raw = await openRaw(t, running.url);
  raw.send('2/a,1["dto",{}]');
  await raw.closed;
  assert.equal(seen.length, before);
  await assertAlive(running);
});

test('an ack id that is used again is answered again, each call once', async (t) => {
  const running = await start(t, [Target]);
  const raw = await enter(t, running);
  for (const value of ['a', 'b', 'c']) raw.send(`2/a,7["echo","${value}"]`);
  for (const value of ['a', 'b', 'c']) await raw.frame(`3/a,7["${value}"]`);
  raw.send('2/a,0["echo",0]', '2/a,9007199254740993["echo","big id"]');
  await raw.frame('3/a,0[0]');
  await until(() => raw.frames.some((frame) => String(frame).includes('big id')), 'the answer');
  assert.equal(raw.frames.length, 6);
  raw.close();
  await assertAlive(running);
});

test('acknowledgements that nobody asked for are ignored', async (t) => {
  const running = await start(t, [Target]);
  const raw = await enter(t, running);
  for (let id = 0; id < 100; id++) raw.send(`3/a,${id}["unasked"]`);
  raw.send('2/a,1["echo",1]');
  await raw.frame('3/a,1[1]');
  raw.close();
  await assertAlive(running);
});

test('names of events that JavaScript has a meaning for have none here', async (t) => {
  const running = await start(t, [Target]);
  const raw = await enter(t, running);
  const names = [
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'then',
    'emit',
    'error',
  ];
  for (const [index, name] of names.entries()) {
    raw.send(`2/a,${index}["${name}",{"x":1}]`);
    assert.match(await raw.frame(`3/a,${index}[`), /"code":"unknown_event"/, name);
  }
  for (const [index, name] of ['0', '1.5', '-1'].entries()) {
    raw.send(`2/a,${50 + index}[${name}]`);
    assert.match(await raw.frame(`3/a,${50 + index}[`), /"code":"unknown_event"/, name);
  }
  raw.close();
  await assertAlive(running);
});

test('__proto__ and constructor in a payload change nobody', async (t) => {
  const running = await start(t, [Target]);
  const raw = await enter(t, running);
  const payloads = [
    '{"__proto__":{"polluted":1},"any":1}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"any":{"__proto__":{"polluted":1}},"toString":1}',
    '{"__proto__":null}',
    '{"hasOwnProperty":1,"then":1}',
  ];
  for (const [index, payload] of payloads.entries()) {
    raw.send(
      `2/a,${index}["dto",${payload}]`,
      `2/a,1${index}["list",[${payload}]]`,
      `2/a,2${index}["echo",${payload}]`,
    );
    await raw.frame(`3/a,${index}[`);
    await raw.frame(`3/a,1${index}[`);
    await raw.frame(`3/a,2${index}[`);
  }
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.ok(!('polluted' in Anything.prototype));
  for (const dto of seen) assert.ok(!('polluted' in (dto as object)));
  raw.close();
  await assertAlive(running);
});

test('what is nested too deep is refused before anything walks through it', async (t) => {
  const running = await start(t, [Target]);
  const raw = await enter(t, running);
  for (const [id, depth] of [64, 65, 10_000, 40_000].entries()) {
    raw.send(`2/a,${id}["echo",${'['.repeat(depth)}${']'.repeat(depth)}]`);
    const answer = await raw.frame(`3/a,${id}[`);
    if (depth <= 64) assert.ok(!answer.includes('error'));
    else assert.match(answer, /"code":"invalid".*"rule":"depth"/);
  }
  raw.send(`2/a,9["dto",${'{"any":'.repeat(9_000)}1${'}'.repeat(9_000)}]`);
  assert.match(await raw.frame('3/a,9['), /"rule":"depth"/);
  raw.close();
  await assertAlive(running);
});

test('a deeply nested auth is refused', async (t) => {
  @Namespace('/a')
  class Gate extends Target {
    @OnConnect enter(@Auth() _auth: Anything) {}
  }
  for (const controller of [Gate, Target]) {
    const running = await start(t, [controller]);
    const raw = await openRaw(t, running.url);
    raw.send(`0/a,{"any":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
    assert.match(await raw.frame('4/a,'), /"code":"invalid"/);
    raw.close();
    await assertAlive(running);
  }
});

test('binary attachments that never come keep nobody waiting', async (t) => {
  const running = await start(t, [Target]);
  const raw = await enter(t, running);
  raw.send('51-/a,1["bytes",{"_placeholder":true,"num":0}]');
  raw.send('2/a,2["echo","instead"]');
  await raw.closed;
  const waiting = await enter(t, running);
  waiting.send('53-/a,1["bytes",{"_placeholder":true,"num":0}]', Buffer.alloc(10));
  waiting.close();
  const sound = await enter(t, running);
  sound.send('51-/a,1["bytes",{"_placeholder":true,"num":0}]', Buffer.alloc(10));
  await sound.frame('3/a,1[10]');
  sound.close();
  const unasked = await enter(t, running);
  unasked.send(Buffer.alloc(10));
  await unasked.closed;
  await assertAlive(running);
});

test('thousands of CONNECTs leave no namespace behind', async (t) => {
  let entered = 0;
  let left = 0;
  @Namespace('/game/:id')
  class Game {
    @OnConnect async enter() {
      entered++;
      await Promise.resolve();
    }
    @OnDisconnect leave() {
      left++;
    }
  }
  const running = await start(t, [Target, Game], { limits: { connectRate: Infinity } });
  const before = running.app.io._nsps.size;
  const raw = await openRaw(t, running.url);
  for (let n = 0; n < 3_000; n++) raw.send(`0/game/${n},`);
  await raw.frame('4/game/2999,');
  assert.ok(running.app.io._nsps.size <= before + 16, `${running.app.io._nsps.size} namespaces`);
  for (let n = 0; n < 500; n++) raw.send('0/game/x,', '1/game/x,');
  raw.close();
  await until(() => entered > 0 && entered === left, 'the end of each visit');
  assert.equal(running.app.io._nsps.size, before);
  await assertAlive(running);
});

test('clients that come and go in the middle of everything leave nothing behind', async (t) => {
  const running = await start(t, [Target]);
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const raw = await openRaw(t, running.url, transports[n % 2]);
      raw.send('0/a,');
      if (n % 3) await raw.frame('0/a,');
      raw.send(...Array.from({ length: n }, (_each, id) => `2/a,${id}["echo",1]`));
      raw.close();
    }),
  );
  await assertAlive(running);
});

test('a catch-all sees each strange name as it came', async (t) => {
  const names: unknown[] = [];
  @Namespace('/a')
  class All {
    @OnAny any(@Payload({ type: Object }) _value: unknown) {
      names.push(1);
    }
    @On() echo(@Payload({ type: Object }) value: unknown) {
      return value;
    }
  }
  const running = await start(t, [All]);
  const raw = await enter(t, running);
  raw.send('2/a,1["__proto__"]', '2/a,2["constructor",1]', '2/a,3[5]');
  for (const id of [1, 2, 3]) await raw.frame(`3/a,${id}[]`);
  assert.equal(names.length, 3);
  raw.close();
  await assertAlive(running);
});

test('what is no Socket.IO at all is turned away', async (t) => {
  const running = await start(t, [Target]);
  for (const request of [
    'GET /socket.io/?EIO=3&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET /socket.io/?EIO=4&transport=carrier-pigeon HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'POST /socket.io/?EIO=4&transport=polling&sid=__proto__ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n40',
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    'GET /socket.io/?transport HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET http://[::1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    '\u0000\u0001\u0002\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: anything\r\nConnection: Upgrade\r\n\r\n',
  ]) {
    const tcp = connectTcp(running.port, '127.0.0.1');
    tcp.on('error', () => {});
    tcp.end(request);
    tcp.resume();
    await nextEvent(tcp, 'close');
  }
  await assertAlive(running);
});

test('broken WebSocket frames end only their own connection', async (t) => {
  const running = await start(t, [Target]);
  const frames = [Buffer.from([0xff, 0xff]), Buffer.from([0x81, 0xff]), Buffer.from([0x81, 0x02, 0x34, 0x30])];
  for (const frame of frames) {
    const socket = await openMute(t, running.url, '/a');
    socket.on('error', () => {});
    const { _socket: tcp } = socket as unknown as { _socket: import('node:net').Socket };
    tcp.write(frame);
    tcp.end();
    await nextEvent(tcp, 'close');
  }
  await assertAlive(running);
});
