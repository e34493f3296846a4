import 'reflect-metadata';
import { Module, UseFilters, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  BaseWsExceptionFilter,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from '@nestjs/websockets';
import { plainToInstance } from 'class-transformer';
import * as validator from 'class-validator';
import { IsInt, IsString, Length, MaxLength } from 'class-validator';
import type { AddressInfo } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import type { Namespace } from 'socket.io';
import { addMethod, makeControllers } from '../shared/classes.js';
import { announce, otherEvents, otherNamespaces, serverOptions, settings } from '../shared/control.js';
import { makeDto, useOtherDtos } from '../shared/dto.js';

class Say {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() n!: number;
}

const libraries = { ...validator, plainToInstance };
useOtherDtos(settings.dtoClasses, libraries);

const gateway = (namespace: string): ClassDecorator => WebSocketGateway({ namespace, ...serverOptions });
const pipe = new ValidationPipe({ transform: true, exceptionFactory: (errors) => new WsException(errors) });

@gateway('/bench')
@UsePipes(pipe)
@UseFilters(new BaseWsExceptionFilter())
class BenchGateway {
  @WebSocketServer() namespace!: Namespace;

  @SubscribeMessage('echo')
  echo(@MessageBody() value: unknown): unknown {
    return value;
  }

  @SubscribeMessage('say')
  say(@MessageBody() said: Say): object {
    return { ok: true, n: said.n };
  }

  @SubscribeMessage('broadcast')
  broadcast(@MessageBody() count: number): number {
    for (let i = 0; i < count; i++) this.namespace.emit('news', { text: 'hello', i });
    return count;
  }
}

/** Like a method with one `@MessageBody()` parameter. */
const addHandler = (target: new () => object, event: string, type?: unknown): void => {
  addMethod(target, event, [SubscribeMessage(event)], type);
  MessageBody()(target.prototype as object, event, 0);
};

const others = otherNamespaces.map((namespace) => {
  class OtherGateway {}
  for (const event of otherEvents) addHandler(OtherGateway, event);
  gateway(namespace)(OtherGateway);
  return OtherGateway;
});
for (const event of otherEvents) addHandler(BenchGateway, event);

const controllers = makeControllers((target, event, first) => {
  addHandler(target, event, first ? makeDto(event, libraries) : Object);
});
for (const controller of controllers) {
  UsePipes(pipe)(controller);
  gateway('/bench')(controller);
}

@Module({ providers: [BenchGateway, ...others, ...controllers] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
app.useWebSocketAdapter(new IoAdapter(app));
await app.listen(0, '127.0.0.1');
announce(((app.getHttpServer() as HttpServer).address() as AddressInfo).port);
