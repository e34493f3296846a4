import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Server, Socket } from 'socket.io';
import { Namespace, On, OnConnect, OnDisconnect, OnJoin, OnLeave, Room, Rooms, SocketId } from '../../src/index.js';
import { startInMemory } from '../support/kit.js';
import { until } from '../support/wait.js';
import { caughtUp, PATH, record, startWith } from '../support/start-with.js';

const sorted = (values: Iterable<string>): string[] => [...values].toSorted();

describe('rooms', () => {
  it('are joined, left and listed by the handler of the client', async (t) => {
    const { connect } = await startWith(t, async (socket) => {
      await socket.join(['a', 'a room with spaces', '']);
      await socket.leave('everybody');
      return [...socket.rooms];
    });
    const client = await connect(PATH);
    const rooms = (await client.emitWithAck('run')) as string[];
    assert.deepEqual(sorted(rooms), sorted([client.id!, 'a', 'a room with spaces', '']));
  });

  it('belong to one namespace: the same name elsewhere is another room', async (t) => {
    @Namespace('/one')
    @Namespace('/two')
    class Both {
      @OnConnect async enter(socket: Socket) {
        await socket.join('shared');
      }
      @On() shout(socket: Socket) {
        socket.nsp.to('shared').emit('shouted');
      }
    }
    const { connect } = await startInMemory(t, [Both]);
    const [one, two] = [await connect('/one'), await connect('/two')];
    const logs = [one, two].map(record);
    await one.emitWithAck('shout');
    await caughtUp(one, two);
    assert.deepEqual(logs, [[['shouted']], []]);
  });

  it('can be closed: everybody leaves at once', async (t) => {
    const { app, connect } = await startWith(t, (socket) => {
      socket.nsp.socketsLeave('everybody');
    });
    const clients = [await connect(PATH), await connect(PATH)];
    const { rooms } = app.io.of(PATH).adapter;
    assert.equal(rooms.get('everybody')?.size, 2);
    await clients[0]!.emitWithAck('run');
    assert.equal(rooms.has('everybody'), false);
  });

  it('of another client, in another namespace too, are changed and read by its id', async (t) => {
    @Namespace('/hall')
    class Hall {}
    @Namespace('/office')
    class Office {
      constructor(private readonly io: Server) {}
      @On() async seat(id: string) {
        const guest = this.io.of('/hall').in(id);
        guest.socketsJoin(['table', 'bar']);
        guest.socketsLeave('bar');
        const [found] = await guest.fetchSockets();
        return [...found!.rooms];
      }
      @On() expel(id: string) {
        this.io.of('/hall').in(id).disconnectSockets();
      }
    }
    const { connect } = await startInMemory(t, [Hall, Office]);
    const [guest, clerk] = [await connect('/hall'), await connect('/office')];
    assert.deepEqual(sorted(await clerk.emitWithAck('seat', guest.id)), sorted([guest.id!, 'table']));
    const left = new Promise((resolve) => guest.once('disconnect', resolve));
    await clerk.emitWithAck('expel', guest.id);
    assert.equal(await left, 'io server disconnect');
  });

  it('include one named by the own id, by which one client is addressed', async (t) => {
    @Namespace('/personal')
    class Personal {
      constructor(private readonly io: Server) {}
      @On() tell(id: string) {
        this.io.of('/personal').to(id).emit('told');
      }
      @On() mine(@SocketId() id: string, @Rooms() rooms: string[]) {
        return rooms.includes(id);
      }
    }
    const { connect } = await startInMemory(t, [Personal]);
    const [a, b] = [await connect('/personal'), await connect('/personal')];
    const logs = [a, b].map(record);
    assert.equal(await a.emitWithAck('mine'), true);
    await a.emitWithAck('tell', b.id);
    await caughtUp(a, b);
    assert.deepEqual(logs, [[], [['told']]]);
  });

  it('are left at disconnect, and readable in @OnDisconnect', async (t) => {
    const seen: string[][] = [];
    @Namespace('/leaving')
    class Leaving {
      @OnConnect async enter(socket: Socket) {
        await socket.join(['a', 'b']);
      }
      @OnDisconnect leave(@Rooms() rooms: string[], @SocketId() id: string) {
        seen.push(rooms.filter((room) => room !== id));
      }
    }
    const { app, connect } = await startInMemory(t, [Leaving]);
    const client = await connect('/leaving');
    client.disconnect();
    await until(() => seen.length === 1, 'the end of the connection');
    assert.deepEqual(seen, [['a', 'b']]);
    assert.equal(app.io.of('/leaving').adapter.rooms.size, 0);
  });

  it('tell @OnJoin and @OnLeave of every entry and exit, whatever the cause', async (t) => {
    const moments: string[] = [];
    @Namespace('/watched')
    class Watched {
      @OnConnect async enter(socket: Socket) {
        await socket.join('by OnConnect');
      }
      @On() async join(room: string, socket: Socket) {
        await socket.join(room);
        await socket.join(room);
      }
      @On() async leave(room: string, socket: Socket) {
        await socket.leave(room);
      }
      @OnJoin joined(@Room() room: string) {
        moments.push(`+ ${room}`);
      }
      @OnLeave left(@Room() room: string, socket: Socket) {
        moments.push(`- ${room}`);
        socket.to(room).emit('somebody left', room);
      }
    }
    const { app, connect } = await startInMemory(t, [Watched]);
    const [client, witness] = [await connect('/watched'), await connect('/watched')];
    moments.length = 0;
    const log = record(witness);
    await client.emitWithAck('join', 'by handler');
    app.io.of('/watched').in(client.id!).socketsJoin('from outside');
    await client.emitWithAck('leave', 'by handler');
    app.io.of('/watched').in(client.id!).socketsLeave('from outside');
    client.disconnect();
    await until(() => moments.includes('- by OnConnect'), 'the end of the connection');
    assert.deepEqual(moments, ['+ by handler', '+ from outside', '- by handler', '- from outside', '- by OnConnect']);
    await caughtUp(witness);
    assert.deepEqual(log, [['somebody left', 'by OnConnect']]);
  });
});
