import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { Server as EngineServer, Socket as EngineSocket } from 'engine.io';
import { Server } from 'socket.io';
import { Decoder, Encoder, protocol } from 'socket.io-parser';
import * as msgpackParser from 'socket.io-msgpack-parser';
import { WebSocket } from 'ws';
import { createApp, Namespace, On } from '../../../src/index.js';
import { openClient, start } from '../../support/app.js';
import { nextEvent } from '../../support/wait.js';
import { PATH, startWith } from '../../support/start-with.js';

@Namespace('/')
class Root {
  @On() echo(value: unknown) {
    return value;
  }
}

/** A server that listens on a free port and is closed with its test. */
async function httpServer(t: TestContext): Promise<{ server: ReturnType<typeof createServer>; url: () => string }> {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: () => `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

async function handshake(url: string, query = 'EIO=4&transport=polling'): Promise<Response> {
  return fetch(`${url}/socket.io/?${query}`);
}

describe('the engine below', () => {
  it('tells of refused handshakes: connection_error', async (t) => {
    const { app, url } = await start(t, [Root]);
    const error = nextEvent<[{ code: number; message: string }]>(app.io.engine as never, 'connection_error');
    assert.equal((await handshake(url, 'EIO=4&transport=pigeon')).status, 400);
    const [{ code, message }] = await error;
    assert.deepEqual([code, message], [0, 'Transport unknown']);
  });

  it('lets headers be added: initial_headers to the first answer, headers to each', async (t) => {
    const { app, url } = await start(t, [Root], { limits: { drainTime: 10 } });
    app.io.engine.on('initial_headers', (headers: Record<string, string>) => (headers['x-first'] = 'yes'));
    app.io.engine.on('headers', (headers: Record<string, string>) => (headers['x-each'] = 'yes'));
    const first = await handshake(url);
    const { sid } = JSON.parse((await first.text()).slice(1)) as { sid: string };
    const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
      method: 'POST',
      body: '40',
    });
    assert.equal(await response.text(), 'ok');
    const headers = [first, response].map((each) => [each.headers.get('x-first'), each.headers.get('x-each')]);
    assert.deepEqual(headers, [
      ['yes', 'yes'],
      [null, 'yes'],
    ]);
  });

  it('takes middleware of the Express kind: engine.use', async (t) => {
    const { app, connect, url } = await start(t, [Root]);
    app.io.engine.use(
      (request: { headers: object }, response: { setHeader(name: string, value: string): void }, next: () => void) => {
        Object.assign(request.headers, { 'x-added': 'by middleware' });
        response.setHeader('x-seen', 'yes');
        next();
      },
    );
    assert.equal((await handshake(url)).headers.get('x-seen'), 'yes');
    const socket = await connect();
    const { headers } = app.io.sockets.sockets.get(socket.id!)!.handshake;
    assert.equal(headers['x-added'], 'by middleware');
  });

  it('asks allowRequest about each request, with the reason for the client', async (t) => {
    const { connect, client, app } = await start(t, [Root], {
      allowRequest: (request, decide) => decide('not you', request.headers['x-key'] === 'sesame'),
    });
    const refused = nextEvent<[{ code: number; context: object }]>(app.io.engine as never, 'connection_error');
    client();
    const [{ code, context }] = await refused;
    assert.deepEqual([code, context], [4, { message: 'not you' }]);
    assert.equal((await connect('/', { extraHeaders: { 'x-key': 'sesame' } })).connected, true);
  });

  it('takes its ids from generateId', async (t) => {
    const running = await startWith(t, () => {});
    let count = 0;
    running.app.io.engine.generateId = () => `engine-${++count}`;
    const socket = await running.connect(PATH);
    assert.equal(socket.io.engine.id, 'engine-1');
  });

  it('may be one of your own: io.bind', async (t) => {
    const { server, url } = await httpServer(t);
    const engine = new EngineServer({ pingInterval: 12_345 });
    engine.attach(server, { path: '/socket.io/' });
    const io = new Server();
    io.bind(engine as never);
    const app = await createApp({ controllers: [Root], io, logger: false });
    t.after(() => app.close());
    const socket = openClient(t, url());
    await nextEvent(socket, 'connect');
    assert.equal(await socket.emitWithAck('echo', 1), 1);
    const { pingInterval } = JSON.parse((await (await handshake(url())).text()).slice(1)) as { pingInterval: number };
    assert.equal(pingInterval, 12_345);
    assert.deepEqual(app.health().engine, { name: 'corked', reason: 'the server is your own' });
    const { clients } = engine as unknown as { clients: Record<string, EngineSocket> };
    const own = Object.values(clients).filter(({ transport }) => transport.name === 'websocket');
    assert.deepEqual(
      own.map((each) => each instanceof EngineSocket && each.write !== EngineSocket.prototype.write),
      [true],
    );
  });

  it('closes a transport that enters no namespace within connectTimeout', async (t) => {
    const { url } = await start(t, [Root], { connectTimeout: 30 });
    const silent = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    t.after(() => silent.terminate());
    await nextEvent(silent, 'close');
  });

  it('speaks with another parser on both ends: socket.io-msgpack-parser', async (t) => {
    const { connect, log } = await start(t, [Root], { parser: msgpackParser });
    const socket = await connect('/', { parser: msgpackParser });
    const types: string[] = [];
    socket.io.engine.on('data', (data: unknown) => types.push(typeof data));
    const value = { text: 'a', list: [1, null], bytes: Buffer.from([1, 2]) };
    assert.deepEqual(await socket.emitWithAck('echo', value), value);
    assert.deepEqual(types, ['object']);
    assert.equal((await socket.emitWithAck('nobody')).error.code, 'unknown_event');
    assert.deepEqual(log.at('error'), []);
  });

  it('takes a parser of your own, with values that JSON does not know', async (t) => {
    const parser = {
      protocol,
      Encoder: class extends Encoder {
        constructor() {
          super((_key: string, value: unknown) =>
            value instanceof Set ? { $set: [...(value as Set<unknown>)] } : value,
          );
        }
      },
      Decoder: class extends Decoder {
        constructor() {
          super((_key: string, value: { $set?: unknown[] } | null) => (value?.$set ? new Set(value.$set) : value));
        }
      },
    };
    const { connect } = await start(t, [Root], { parser });
    const socket = await connect('/', { parser });
    const value = { tags: new Set(['a', 'b']) };
    assert.deepEqual(await socket.emitWithAck('echo', value), value);
  });

  it('serves the client to browsers, unless serveClient is off', async (t) => {
    for (const serveClient of [true, false]) {
      const { url } = await start(t, [Root], { serveClient });
      const response = await fetch(`${url}/socket.io/socket.io.js`);
      assert.equal((await response.text()).includes('Socket.IO v'), serveClient);
      assert.equal(response.ok, serveClient);
    }
  });

  it('serves clients of Socket.IO 2 with allowEIO3, and only then', async (t) => {
    const strict = await start(t, [Root]);
    assert.equal((await handshake(strict.url, 'EIO=3&transport=polling')).status, 400);
    const { url } = await start(t, [Root], { allowEIO3: true });
    const old = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=3&transport=websocket`);
    t.after(() => old.terminate());
    const frames: string[] = [];
    const answered = new Promise<void>((resolve) => {
      old.on('message', (data: Buffer) => {
        frames.push(data.toString());
        if (frames.at(-1) === '40') old.send('427["echo",{"a":1}]');
        if (frames.at(-1)!.startsWith('43')) resolve();
      });
    });
    await answered;
    assert.equal(frames.at(-1), '437[{"a":1}]');
  });

  it('sets the cookie that is asked for', async (t) => {
    const { url } = await start(t, [Root], { cookie: { name: 'io', sameSite: 'strict' } });
    assert.match((await handshake(url)).headers.get('set-cookie')!, /^io=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
  });
});
