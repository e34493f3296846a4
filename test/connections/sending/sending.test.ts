import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket as ClientSocket } from 'socket.io-client';
import { Namespace as IoNamespace, Socket, type Server } from 'socket.io';
import { injectable } from 'tsyringe';
import { createApp, InjectNamespace, Namespace, On, OnConnect } from '../../../src/index.js';
import { running, start } from '../../support/app.js';
import { recordingLog } from '../../support/log.js';
import { nextEvent } from '../../support/wait.js';
import { caughtUp, openPolling, PATH, record, startWith } from '../../support/start-with.js';

/** Three clients, and what each of them received after the first one had run the handler. */
async function received(clients: readonly ClientSocket[]): Promise<unknown[][][]> {
  const logs = clients.map(record);
  await clients[0]!.emitWithAck('run');
  await caughtUp(...clients);
  return logs;
}

describe('sending from a handler', () => {
  it('reaches the sender: named, unnamed with send(), with several arguments and bytes', async (t) => {
    const bytes = Buffer.from([1, 2]);
    const { connect } = await startWith(t, (socket) => {
      socket.emit('named', 1, { two: 2 }, bytes);
      socket.send('unnamed');
      socket.emit('json', { three: 3 });
    });
    const [mine, other] = await received([await connect(PATH), await connect(PATH)]);
    assert.deepEqual(mine, [
      ['named', 1, { two: 2 }, bytes],
      ['message', 'unnamed'],
      ['json', { three: 3 }],
    ]);
    assert.deepEqual(other, []);
  });

  it('reaches the others, or all with the sender', async (t) => {
    const { connect } = await startWith(t, (socket) => {
      socket.broadcast.emit('others');
      socket.nsp.emit('all');
    });
    const [mine, other] = await received([await connect(PATH), await connect(PATH)]);
    assert.deepEqual(mine, [['all']]);
    assert.deepEqual(other, [['others'], ['all']]);
  });

  it('reaches rooms, each client once, with and without the sender, and not those that are excepted', async (t) => {
    const { app, connect } = await startWith(t, (socket) => {
      socket.to(['red', 'blue']).emit('to rooms');
      socket.nsp.to('red').emit('to a room, the sender too');
      socket.except('blue').emit('to others but those in blue');
      socket.nsp.in('red').except(['blue']).emit('to red but not blue');
    });
    const clients = [await connect(PATH), await connect(PATH), await connect(PATH)];
    const [mine, both, none] = clients;
    const namespace = app.io.of(PATH);
    namespace.in([mine!.id!, both!.id!]).socketsJoin('red');
    namespace.in(both!.id!).socketsJoin('blue');
    assert.ok(none);
    assert.deepEqual(await received(clients), [
      [['to a room, the sender too'], ['to red but not blue']],
      [['to rooms'], ['to a room, the sender too']],
      [['to others but those in blue']],
    ]);
  });

  it('reaches one client by its id', async (t) => {
    const { connect } = await startWith(t, (socket, id) => {
      socket.to(id as string).emit('whisper');
    });
    const [caller, friend, stranger] = [await connect(PATH), await connect(PATH), await connect(PATH)];
    const logs = [caller, friend, stranger].map(record);
    await caller.emitWithAck('run', friend.id);
    await caughtUp(caller, friend, stranger);
    assert.deepEqual(logs, [[], [['whisper']], []]);
  });

  it('reaches another namespace, and only that', async (t) => {
    @Namespace('/news')
    class News {}
    @Namespace('/desk')
    class Desk {
      constructor(@InjectNamespace('/news') private readonly news: IoNamespace) {}
      @On() publish(text: string) {
        this.news.emit('published', text);
      }
    }
    const { connect } = await start(t, [News, Desk]);
    const [desk, reader] = [await connect('/desk'), await connect('/news')];
    const logs = [desk, reader].map(record);
    await desk.emitWithAck('publish', 'extra');
    await caughtUp(desk, reader);
    assert.deepEqual(logs, [[], [['published', 'extra']]]);
  });

  it('may be volatile: dropped where the client does not read at that moment', async (t) => {
    const { connect } = await startWith(t, (socket) => {
      socket.emit('kept');
      socket.volatile.emit('dropped');
      socket.emit('kept too');
    });
    const client = await connect(PATH, { transports: ['polling'] });
    assert.deepEqual(await received([client]), [[['kept'], ['kept too']]]);
    const patient = await startWith(t, (socket) => socket.volatile.emit('sent'));
    assert.deepEqual(await received([await patient.connect(PATH)]), [[['sent']]]);
  });

  it('may be compressed or not, message by message, over long-polling', async (t) => {
    const text = 'a'.repeat(20_000);
    const { url } = await startWith(
      t,
      (socket, compress) => void socket.compress(compress as boolean).emit('text', text),
    );
    const client = await openPolling(url, PATH);
    for (const compress of [true, false]) {
      await client.send(`2["run",${compress}]`);
      const response = await client.poll();
      assert.equal(response.headers.get('content-encoding'), compress ? 'gzip' : null);
      assert.equal(await response.text(), `42${PATH},["text","${text}"]`);
    }
  });

  it('does not wait for the client, and does not reach own handlers', async (t) => {
    let runs = 0;
    const { connect } = await startWith(t, (socket) => {
      runs++;
      socket.emit('run');
      socket.nsp.emit('run');
      return 'done';
    });
    const client = await connect(PATH);
    assert.equal(await client.emitWithAck('run'), 'done');
    await caughtUp(client);
    assert.equal(runs, 1);
  });

  it('may happen several times in one handler, over time', async (t) => {
    const { connect } = await startWith(t, async (socket) => {
      for (const percent of [0, 50, 100]) {
        socket.emit('progress', percent);
        await new Promise(setImmediate);
      }
      return 'done';
    });
    const client = await connect(PATH);
    const log = record(client);
    const seenAtAnswer = await client.emitWithAck('run').then(() => [...log]);
    assert.deepEqual(seenAtAnswer, [
      ['progress', 0],
      ['progress', 50],
      ['progress', 100],
    ]);
  });
});

describe('sending from outside of any handler', () => {
  it('works from a service, an HTTP route and a timer, to everybody and to rooms', async (t) => {
    @Namespace('/news')
    class News {
      @OnConnect async enter(socket: Socket) {
        await socket.join('readers');
      }
    }
    @injectable()
    class Press {
      constructor(@InjectNamespace('/news') readonly news: IoNamespace) {}
      print(text: string) {
        this.news.to('readers').emit('printed', text);
      }
    }
    let io: Server | undefined;
    const { app, connect, url } = await start(t, [News], {
      http: (_request, response) => {
        io?.of('/news').emit('routed', 'by HTTP');
        response.end('sent');
      },
    });
    io = app.io;
    const client = await connect('/news');
    const log = record(client);
    app.container.resolve(Press).print('extra');
    assert.equal(await (await fetch(url)).text(), 'sent');
    setTimeout(() => app.io.of('/news').emit('timed'), 1);
    await nextEvent(client, 'timed');
    assert.deepEqual(log, [['printed', 'extra'], ['routed', 'by HTTP'], ['timed']]);
  });

  it('before listen harms nobody, and reaches those who come later by the same namespace', async (t) => {
    let injected: IoNamespace | undefined;
    @Namespace('/news')
    class News {
      constructor(@InjectNamespace() namespace: IoNamespace) {
        namespace.emit('too early');
        injected = namespace;
      }
    }
    const log = recordingLog();
    const app = await createApp({ controllers: [News], logger: log, signals: false });
    t.after(() => app.close());
    app.io.of('/news').to('nobody').emit('too early');
    const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
    const client = await running(t, app, log, port).connect('/news');
    const events = record(client);
    injected?.emit('now');
    await caughtUp(client);
    assert.deepEqual(events, [['now']]);
  });
});
