import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Socket, type DisconnectReason } from 'socket.io';
import {
  Data,
  disconnectReasons,
  Handshake,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  Reason,
  Recovered,
  Transport,
} from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';

const entered: { transport: string; recovered: boolean }[] = [];
const reasons: string[] = [];

class State {
  visits = 0;
}

@Namespace('/')
class Facts {
  @OnConnect enter(@Transport() transport: string, @Recovered() recovered: boolean) {
    entered.push({ transport, recovered });
  }
  @On() transport(@Transport transport: string) {
    return transport;
  }
  @On() recovered(@Recovered recovered: boolean) {
    return recovered;
  }
  @On() visit(@Data() state: State) {
    return ++state.visits;
  }
  @On() where(@Handshake('address') address: string, @Handshake('issued') issued: number) {
    return [address, issued <= Date.now()];
  }
  @On() cut(close: boolean, socket: Socket) {
    socket.disconnect(close);
  }
  @OnDisconnect leave(@Reason() reason: DisconnectReason) {
    reasons.push(reason);
  }
}

describe('a handler knows of its connection', () => {
  it('the transport, before and after its upgrade', async (t) => {
    const { connect } = await start(t, [Facts]);
    const socket = await connect('/', { transports: ['polling', 'websocket'], upgrade: true });
    assert.equal(entered.at(-1)!.transport, 'polling');
    while (socket.io.engine.transport.name !== 'websocket') await nextEvent(socket.io.engine as never, 'upgrade');
    assert.equal(await socket.emitWithAck('transport'), 'websocket');
  });

  it('whether it was recovered', async (t) => {
    const { connect, app } = await start(t, [Facts], { connectionStateRecovery: {} });
    const socket = await connect('/', { reconnection: true, reconnectionDelay: 10 });
    assert.equal(await socket.emitWithAck('recovered'), false);
    assert.equal(await socket.emitWithAck('visit'), 1);
    const again = nextEvent(socket, 'connect');
    app.io.sockets.sockets.get(socket.id!)!.conn.close();
    await again;
    assert.equal(await socket.emitWithAck('recovered'), true);
    assert.deepEqual(
      entered.slice(-2).map(({ recovered }) => recovered),
      [false, true],
    );
    assert.equal(await socket.emitWithAck('visit'), 2, 'socket.data is recovered as what it was');
  });

  it('the address, and the time of the handshake', async (t) => {
    const { connect } = await start(t, [Facts]);
    const [address, past] = (await (await connect()).emitWithAck('where')) as [string, boolean];
    assert.match(address, /127\.0\.0\.1$/);
    assert.equal(past, true);
  });

  it('why it ended, by name', async (t) => {
    const { connect, app } = await start(t, [Facts]);
    const last = async (end: (socket: Awaited<ReturnType<typeof connect>>) => unknown): Promise<string> => {
      const before = reasons.length;
      await end(await connect());
      await until(() => reasons.length > before, 'the departure');
      return reasons.at(-1)!;
    };
    assert.equal(await last((socket) => socket.disconnect()), disconnectReasons.clientLeft);
    assert.equal(await last((socket) => socket.emit('cut', false)), disconnectReasons.serverLeft);
    assert.equal(await last((socket) => socket.emit('cut', true)), disconnectReasons.serverLeft);
    assert.equal(await last((socket) => socket.io.engine.write('9')), disconnectReasons.forcedClose);
    assert.equal(await last((socket) => socket.io.engine.close()), disconnectReasons.transportClosed);
    assert.equal(await last(() => app.close()), disconnectReasons.serverStops);
  });

  it('and every reason of Socket.IO has a name', () => {
    type Named = (typeof disconnectReasons)[keyof typeof disconnectReasons];
    const unnamed: Exclude<DisconnectReason, Named>[] = [];
    assert.deepEqual(unnamed satisfies never[], []);
    assert.equal(new Set(Object.values(disconnectReasons)).size, Object.keys(disconnectReasons).length);
  });
});
