import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import * as validator from 'class-validator';
import { IsInt, IsString, Length, MaxLength, Min } from 'class-validator';
import { Auth, createApp, Namespace, On, OnConnect } from 'colloquy';
import { Socket } from 'socket.io';
import { addMethod, makeControllers } from '../shared/classes.js';
import { announce, otherEvents, otherNamespaces, serverOptions, settings } from '../shared/control.js';
import { makeDto, useOtherDtos } from '../shared/dto.js';
import { watch } from '../shared/watch.js';

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

const libraries = { ...validator, plainToInstance };
useOtherDtos(settings.dtoClasses, libraries);

@Namespace('/bench')
class BenchController {
  @OnConnect
  enter(@Auth() _credentials: Credentials): void {}

  @On('echo')
  echo(value: unknown): unknown {
    return value;
  }

  @On('say')
  say(said: Say): object {
    return { ok: true, n: said.n };
  }

  @On('order')
  order(order: Order): object {
    return { ok: true, count: order.count };
  }

  @On('broadcast')
  broadcast(count: number, socket: Socket): number {
    for (let i = 0; i < count; i++) socket.nsp.emit('news', { text: 'hello', i });
    return count;
  }
}

/** The other handlers of the contract's namespace stand in five classes. */
const neighbours = [0, 1, 2, 3, 4].map((remainder) => {
  class Neighbour {}
  for (const [index, event] of otherEvents.entries()) {
    if (index % 5 === remainder) addMethod(Neighbour, event, [On(event)]);
  }
  Namespace('/bench')(Neighbour);
  return Neighbour;
});
const others = otherNamespaces.map((namespace) => {
  class OtherController {}
  for (const event of otherEvents) addMethod(OtherController, event, [On(event)]);
  Namespace(namespace)(OtherController);
  return OtherController;
});
const controllers = makeControllers((target, event, first) => {
  addMethod(target, event, [On(event)], first ? makeDto(event, libraries) : Object);
});
for (const controller of controllers) Namespace('/bench')(controller);

/** `colloquy-eiows` and `colloquy-long-way` are this program with an argument. */
const engine = process.argv[2] === 'eiows' ? 'eiows' : 'corked';
const fastLane = process.argv[2] !== 'long-way';

/** The limit of events per second stays in place, only higher: the load of any benchmark exceeds the default. */
const app = await createApp({
  ...serverOptions,
  ...(await watch(() => import('colloquy/otel'))),
  engine,
  fastLane,
  controllers: [BenchController, ...neighbours, ...others, ...controllers],
  logger: false,
  printTable: false,
  limits: { eventRate: 1e9, eventBurst: 1e9 },
});
const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
announce(port);
