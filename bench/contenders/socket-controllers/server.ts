import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plainToInstance } from 'class-transformer';
import * as validator from 'class-validator';
import { IsInt, IsString, Length, MaxLength, validate } from 'class-validator';
import { Server, type Server as IoServer } from 'socket.io';
import { MessageAck, MessageBody, OnMessage, SocketController, SocketControllers, SocketIO } from 'socket-controllers';
import { makeControllers } from '../shared/classes.js';
import { announce, otherEvents, otherNamespaces, serverOptions, settings } from '../shared/control.js';
import { makeDto, useOtherDtos } from '../shared/dto.js';

class Say {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() n!: number;
}

type Ack = (answer: unknown) => void;

const libraries = { ...validator, plainToInstance };
useOtherDtos(settings.dtoClasses, libraries);

@SocketController('/bench')
class BenchController {
  @OnMessage('echo')
  echo(@MessageBody() value: unknown, @MessageAck() ack: Ack): void {
    ack(value);
  }

  /** The library makes the instance; validating it is left to the handler. */
  @OnMessage('say')
  async say(@MessageBody() said: Say, @MessageAck() ack: Ack): Promise<void> {
    const errors = await validate(said);
    if (errors.length === 0) return ack({ ok: true, n: said.n });
    const issues = errors.flatMap(({ property, constraints }) =>
      Object.entries(constraints ?? {}).map(([rule, message]) => ({ path: property, rule, message })),
    );
    ack({ error: { code: 'invalid', message: 'The payload does not fit.', issues } });
  }

  @OnMessage('broadcast')
  broadcast(@MessageBody() count: number, @MessageAck() ack: Ack, @SocketIO() io: IoServer): void {
    for (let i = 0; i < count; i++) io.of('/bench').emit('news', { text: 'hello', i });
    ack(count);
  }
}

/** Like a method with one `@MessageBody()` and one `@MessageAck()` parameter. */
function addHandler(target: new () => object, event: string, type: unknown = Object): void {
  const prototype = target.prototype as object;
  const value = (body: unknown, ack: Ack): void => ack(body);
  Object.defineProperty(prototype, event, { value, configurable: true, writable: true });
  Reflect.defineMetadata('design:paramtypes', [type, Function], prototype, event);
  MessageBody()(prototype, event, 0);
  MessageAck()(prototype, event, 1);
  OnMessage(event)(prototype, event, Object.getOwnPropertyDescriptor(prototype, event)!);
}

for (const event of otherEvents) addHandler(BenchController, event);
const others = otherNamespaces.map((namespace) => {
  class OtherController {}
  for (const event of otherEvents) addHandler(OtherController, event);
  SocketController(namespace)(OtherController);
  return OtherController;
});
const controllers = makeControllers((target, event, first) => {
  addHandler(target, event, first ? makeDto(event, libraries) : Object);
});
for (const controller of controllers) SocketController('/bench')(controller);

const instances = new Map<unknown, object>();
const container = {
  get<T extends object>(type: new () => T): T {
    if (!instances.has(type)) instances.set(type, new type());
    return instances.get(type) as T;
  },
};

const http = createServer();
const io = new Server(http, serverOptions);
new SocketControllers({ io, container: container as never, controllers: [BenchController, ...others, ...controllers] });
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port));
