import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { announce, otherEvents, otherNamespaces, serverOptions } from '../shared/control.js';

const Say = z.object({ room: z.string().min(1).max(40), text: z.string().max(2000), n: z.number().int() });

type Ack = (answer: unknown) => void;

const http = createServer();
const io = new Server(http, serverOptions);

const addOthers = (socket: Socket): void => {
  for (const event of otherEvents) socket.on(event, (value: unknown, ack: Ack) => ack(value));
};

io.of('/bench').on('connection', (socket) => {
  socket.on('echo', (value: unknown, ack: Ack) => ack(value));
  socket.on('say', (message: unknown, ack: Ack) => {
    const said = Say.safeParse(message);
    if (said.success) return ack({ ok: true, n: said.data.n });
    const issues = said.error.issues.map(({ path, code, message }) => ({ path: path.join('.'), rule: code, message }));
    ack({ error: { code: 'invalid', message: 'The payload does not fit.', issues } });
  });
  socket.on('broadcast', (count: number, ack: Ack) => {
    for (let i = 0; i < count; i++) io.of('/bench').emit('news', { text: 'hello', i });
    ack(count);
  });
  addOthers(socket);
});
for (const name of otherNamespaces) io.of(name).on('connection', addOthers);

http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port));
