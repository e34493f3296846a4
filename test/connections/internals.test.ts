/** What `connections/internals.ts` relies on is there, in the Socket.IO that is installed, and does what it is used for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Namespace as IoNamespace, Server, Socket } from 'socket.io';
import { ClusterAdapter } from 'socket.io-adapter';
import { PacketType } from 'socket.io-parser';
import { Namespace, On } from '../../src/index.js';
import { internalsOf, namespaceInternalsOf, optionsOf, packetType } from '../../src/connections/internals.js';
import { isSocketId } from '../../src/connections/namespaces/socket-ids.js';
import { root } from '../repo/sources.js';
import { start } from '../support/app.js';

type Methods = Record<string, (...args: unknown[]) => unknown>;

test('the numbers of the protocol are the ones of the parser', () => {
  assert.equal(packetType.connect, PacketType.CONNECT);
  assert.equal(packetType.connectError, PacketType.CONNECT_ERROR);
  assert.equal(packetType.event, PacketType.EVENT);
});

test('a socket, its client and its namespace have the parts that are used', async (t) => {
  const { connect, app } = await start(t, [Simple]);
  const { id } = await connect('/internals');
  const namespace = app.io.of('/internals');
  const socket = namespace.sockets.get(id!)!;
  const { client, fns } = internalsOf(socket);
  assert.ok(Array.isArray(fns));
  assert.equal(client.sockets.get(id!), socket);
  for (const method of ['_packet', 'writeToEngine'])
    assert.equal(typeof (client as unknown as Methods)[method], 'function');
  assert.ok(client.encoder.encode({ type: packetType.event, nsp: '/', data: ['a'] }));
  assert.throws(() => client.encoder.encode({ type: packetType.event, nsp: '/', data: ['a', 1n] }));
  assert.ok(namespaceInternalsOf(namespace)._preConnectSockets instanceof Map);
  assert.ok(namespaceInternalsOf(namespace).sockets instanceof Map);
});

test('the methods that are taken over are the ones that Socket.IO calls', async (t) => {
  const { connect, app } = await start(t, [Simple]);
  const { prototype } = Socket as unknown as { prototype: Methods };
  for (const method of ['dispatch', '_cleanup', '_onerror', 'run', '_onclose']) {
    assert.equal(typeof prototype[method], 'function', method);
  }
  assert.match(prototype['onevent']!.toString(), /this\.dispatch\(args\)/);
  assert.match(prototype['_onclose']!.toString(), /emitReserved\("disconnecting".*this\._cleanup\(\)/s);
  const namespace = IoNamespace.prototype as unknown as Methods;
  assert.match(
    namespace['_createSocket']!.toString(),
    /opts\.connectionStateRecovery &&.*new .*Socket\(this, client, auth\)/s,
  );
  assert.match(namespace['_add']!.toString(), /_preConnectSockets\.set/);
  assert.match(namespace['_add']!.toString(), /"open" !== client\.conn\.readyState.*socket\._cleanup\(\)/s);
  assert.equal(typeof (Server.prototype as unknown as Methods)['_checkNamespace'], 'function');
  const { id } = await connect('/internals');
  const own = app.io.of('/internals').sockets.get(id!)!;
  assert.ok(['dispatch', '_cleanup', '_onclose'].every((method) => Object.hasOwn(own, method)));
});

for (const options of [{}, { connectionStateRecovery: {} }, { allowEIO3: true }]) {
  test(`a socket has an id of its own, and its client the protocol that it speaks: ${JSON.stringify(options)}`, async (t) => {
    const { connect, refusal, app } = await start(t, [Simple], options);
    const seen: unknown[] = [];
    app.io.of('/internals').use((socket, next) => {
      seen.push(isSocketId(socket.id), socket.conn.protocol, socket.handshake.query['EIO']);
      next(socket.handshake.auth['refuse'] ? new Error('refused') : undefined);
    });
    for (let n = 0; n < 2; n++) {
      const { id } = await connect('/internals');
      seen.push(isSocketId(id!), app.io.of('/internals').sockets.get(id!)!.conn.protocol);
    }
    await refusal('/internals', { auth: { refuse: true } });
    const entered = [true, 4, '4', true, 4];
    assert.deepEqual(seen, [...entered, ...entered, true, 4, '4']);
  });
}

test('whatever is broadcast is handed to the adapter, and what other nodes sent is not handed to it again', () => {
  // Applications wrap the operator's `emit`, so its text is read from the file.
  const operator = readFileSync(join(root, 'node_modules/socket.io/dist/broadcast-operator.js'), 'utf8');
  assert.match(operator, /this\.adapter\.broadcast\(packet.*this\.adapter\.broadcastWithAck\(packet/s);
  assert.match(operator, /packet\.id/, 'the packet is read again after it was handed over');
  const { prototype } = ClusterAdapter as unknown as { prototype: Methods };
  assert.match(prototype['onMessage']!.toString(), /super\.broadcastWithAck\(.*super\.broadcast\(/s);
  assert.doesNotMatch(prototype['onMessage']!.toString(), /this\.broadcast/);
  assert.match((Server.prototype as unknown as Methods)['adapter']!.toString(), /_initAdapter\(\)/);
  assert.equal(optionsOf(new Server({ connectTimeout: 5 })).connectTimeout, 5);
});

test('a socket costs the same number of listeners however many handlers there are', async (t) => {
  const count = async (controller: new () => object): Promise<number> => {
    const { connect, app } = await start(t, [controller]);
    const { id } = await connect('/internals');
    const socket = app.io.of('/internals').sockets.get(id!)!;
    return socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name as string), 0);
  };
  @Namespace('/internals')
  class Many {}
  for (let n = 0; n < 200; n++) {
    Object.defineProperty(Many.prototype, `event${n}`, { value: () => n, configurable: true, writable: true });
    Reflect.defineMetadata('design:type', Function, Many.prototype, `event${n}`);
    Reflect.defineMetadata('design:paramtypes', [], Many.prototype, `event${n}`);
    On(Many.prototype as never, `event${n}`, Object.getOwnPropertyDescriptor(Many.prototype, `event${n}`)!);
  }
  assert.equal(await count(Many), await count(Simple));
});

@Namespace('/internals')
class Simple {
  @On() work() {}
}
