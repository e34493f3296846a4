import { once } from 'node:events';
import type { Socket } from 'socket.io-client';
import { accepted, connected, next } from '../conformance.js';
import type { Scenario } from '../conformance.js';

export const messagesScenarios: Scenario[] = [
  {
    promise: 'events and acknowledgements pass in both directions, text as UTF-8',
    async run({ io, connect, note }) {
      io.on('connection', (socket) => {
        socket.on('sum', (a: number, b: number, ack: (...args: unknown[]) => void) => ack(a + b, 'and more'));
        socket.on('say', (...args: unknown[]) => note('server', 'say', ...args));
      });
      const client = connect();
      client.onAny((event, ...args) => note('client', event, ...args.filter((arg) => typeof arg !== 'function')));
      client.on('ask', (question, ack) => ack(`${question}!`));
      client.emit('say', 'before the connection', null, undefined, { deep: [1, { x: 'é€😀\u2028' }] });
      const server = await accepted(io);
      note('client', await new Promise((resolve) => client.emit('sum', 1, 2, (...args: unknown[]) => resolve(args))));
      note('server', await server.emitWithAck('ask', 'why'));
      note('server', await io.timeout(1000).emitWithAck('ask', 'who'));
    },
    expected: {
      client: ['[3,"and more"]', 'ask why', 'ask who'],
      server: ['say before the connection null null {"deep":[1,{"x":"é€😀 "}]}', 'why!', '["who!"]'],
    },
  },
  {
    promise: 'binary attachments arrive as copies, at any depth',
    async run({ io, connect, note }) {
      let arrived: Buffer | undefined;
      io.on('connection', (socket) => {
        socket.on('bytes', (bytes, ack) => {
          arrived = bytes;
          ack(bytes);
        });
        socket.on('mixed', (mixed, ack) => {
          note('server', mixed.words, mixed.list[0], Buffer.isBuffer(mixed.list[0]), mixed.text);
          ack({ nested: { of: [Buffer.from([9]), 'x'] } });
        });
      });
      const client = await connected(connect());
      const bytes = Buffer.from([1, 2, 3]);
      note('client', await client.emitWithAck('bytes', bytes));
      bytes[0] = 99;
      note('server', arrived);
      const { buffer } = new Uint8Array([7, 8, 9]);
      const mixed = { words: new Uint16Array([0x0102, 0x0304]), list: [buffer, new DataView(buffer, 1, 1)], text: 'é' };
      const { nested } = await client.emitWithAck('mixed', mixed);
      note('client', nested.of[0], nested.of[1]);
    },
    expected: { client: ['<010203>', '<09> x'], server: ['<010203>', '<02010403> <070809> true é'] },
  },
  {
    promise: 'rooms and broadcasts reach whom they should',
    async run({ io, connect, note }) {
      const clients: Socket[] = [];
      const enter = async (name: string, rooms: string[]) => {
        const client = connect();
        client.onAny((...args) => note(name, ...args));
        const server = await accepted(io);
        await server.join(rooms);
        clients.push(await connected(client));
        return server;
      };
      const a = await enter('a', ['room']);
      const b = await enter('b', ['room', 'other']);
      const c = await enter('c', []);
      const ended = Promise.all(clients.map((client) => next(client, 'end')));
      a.to('room').emit('from a');
      c.to('room')
        .to('other')
        .emit('from c', Buffer.from([1]));
      b.broadcast.emit('from b');
      io.in('room').except(a.id).emit('not to a');
      note('server', (await io.fetchSockets()).length, io.of('/').adapter.rooms.get('room')?.size);
      io.local.compress(false).emit('end');
      await ended;
    },
    expected: {
      a: ['from c <01>', 'from b', 'end'],
      b: ['from a', 'from c <01>', 'not to a', 'end'],
      c: ['from b', 'end'],
      server: ['3 2'],
    },
  },
  {
    promise: 'a volatile event is dropped while the transport is busy, and sent when it is not',
    async run({ io, connect, note }) {
      const client = connect();
      client.onAny((...args) => note('client', ...args));
      const server = await accepted(io);
      server.onAny((...args) => note('server', ...args));
      await connected(client);
      server.emit('busy');
      server.volatile.emit('dropped');
      await next(client, 'busy');
      server.volatile.emit('sent');
      await next(client, 'sent');
      client.compress(false).emit('busy');
      client.volatile.emit('dropped');
      await once(server, 'busy');
      client.volatile.emit('sent');
      await once(server, 'sent');
    },
    expected: { client: ['busy', 'sent'], server: ['busy', 'sent'] },
  },
  {
    promise: 'who is not answered in time is told so',
    async run({ io, connect, note }) {
      const silent = connect();
      const server = await accepted(io);
      const talking = connect();
      talking.on('ask', (ack) => ack('here'));
      await accepted(io);
      await connected(talking);
      const failure = (answer: Promise<unknown>) => answer.catch((error: unknown) => error);
      note('client', await failure(silent.timeout(5).emitWithAck('ask')));
      note('server', await failure(server.timeout(5).emitWithAck('ask')));
      const error = await failure(io.timeout(50).emitWithAck('ask'));
      note('server', error, (error as { responses: unknown[] }).responses);
    },
    expected: {
      client: ['Error(operation has timed out)'],
      server: ['Error(operation has timed out)', 'Error(operation has timed out) ["here"]'],
    },
  },
  {
    promise: 'a thousand messages each way keep their order',
    async run({ io, connect, note }) {
      const client = connect();
      const inOrder = (seen: number[]) => seen.length === 1000 && seen.every((value, index) => value === index);
      const there: number[] = [];
      const back: number[] = [];
      const server = await accepted(io);
      server.on('n', (n: number) => there.push(n) && server.emit('n', n));
      const last = new Promise<void>((resolve) => {
        client.on('n', (n: number) => {
          back.push(n);
          if (n === 999) resolve();
        });
      });
      for (let n = 0; n < 1000; n += 1) client.emit('n', n);
      await last;
      note('client', inOrder(back));
      note('server', inOrder(there));
    },
    expected: { client: ['true'], server: ['true'] },
  },
];
