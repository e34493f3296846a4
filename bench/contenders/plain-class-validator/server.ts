import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plainToInstance } from 'class-transformer';
import * as validator from 'class-validator';
import { IsInt, IsString, Length, MaxLength, Min, validate, type ValidationError } from 'class-validator';
import { Server, type Socket } from 'socket.io';
import { announce, otherEvents, otherNamespaces, serverOptions, settings } from '../shared/control.js';
import { useOtherDtos } from '../shared/dto.js';

class Say {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() n!: number;
}

class Order {
  @IsString() @Length(1, 40) sku!: string;
  @IsString() @Length(2, 60) customer!: string;
  @IsString() @Length(1, 500) note!: string;
  @IsInt() @Min(1) count!: number;
  @IsInt() @Min(0) cents!: number;
}

class Credentials {
  @IsString() @Length(8, 200) token!: string;
}

type Ack = (answer: unknown) => void;

useOtherDtos(settings.dtoClasses, { ...validator, plainToInstance });

const http = createServer();
const io = new Server(http, serverOptions);

const issues = (errors: ValidationError[]): object[] =>
  errors.flatMap(({ property, constraints }) =>
    Object.entries(constraints ?? {}).map(([rule, message]) => ({ path: property, rule, message })),
  );

const addOthers = (socket: Socket): void => {
  for (const event of otherEvents) socket.on(event, (value: unknown, ack: Ack) => ack(value));
};

io.of('/bench').use(async ({ handshake: { auth } }, next) => {
  const errors = await validate(plainToInstance(Credentials, auth));
  next(errors.length > 0 ? new Error('refused') : undefined);
});
io.of('/bench').on('connection', (socket) => {
  socket.on('echo', (value: unknown, ack: Ack) => ack(value));
  socket.on('say', async (message: object, ack: Ack) => {
    const said = plainToInstance(Say, message);
    const errors = await validate(said);
    if (errors.length > 0)
      ack({ error: { code: 'invalid', message: 'The payload does not fit.', issues: issues(errors) } });
    else ack({ ok: true, n: said.n });
  });
  socket.on('order', async (message: object, ack: Ack) => {
    const order = plainToInstance(Order, message);
    const errors = await validate(order);
    if (errors.length > 0)
      ack({ error: { code: 'invalid', message: 'The payload does not fit.', issues: issues(errors) } });
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
