import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { announce, otherEvents, otherNamespaces, serverOptions } from '../shared/control.js';
import { check, checkOrder, isWelcome } from './check.js';

type Ack = (answer: unknown) => void;

const http = createServer();
const io = new Server(http, serverOptions);

const addOthers = (socket: Socket): void => {
  for (const event of otherEvents) socket.on(event, (value: unknown, ack: Ack) => ack(value));
};

io.of('/bench').use(({ handshake: { auth } }, next) => next(isWelcome(auth) ? undefined : new Error('refused')));
io.of('/bench').on('connection', (socket) => {
  socket.on('echo', (value: unknown, ack: Ack) => ack(value));
  socket.on('say', (message: unknown, ack: Ack) => {
    const checked = check(message);
    if ('issues' in checked)
      ack({ error: { code: 'invalid', message: 'The payload does not fit.', issues: checked.issues } });
    else ack({ ok: true, n: checked.n });
  });
  socket.on('order', (message: unknown, ack: Ack) => {
    const order = checkOrder(message);
    if ('issues' in order)
      ack({ error: { code: 'invalid', message: 'The payload does not fit.', issues: order.issues } });
    else ack({ ok: true, count: order.count });
  });
  socket.on('broadcast', (count: number, ack: Ack) => {
    for (let i = 0; i < count; i++) io.of('/bench').emit('news', { text: 'hello', i });
    ack(count);
  });
  addOthers(socket);
});
for (const name of otherNamespaces) io.of(name).on('connection', addOthers);

http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port));
