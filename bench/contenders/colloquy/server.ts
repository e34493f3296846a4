import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import * as validator from 'class-validator';
import { IsInt, IsString, Length, MaxLength } from 'class-validator';
import { createApp, Namespace, On } from 'colloquy';
import type { AddressInfo } from 'node:net';
import { Socket } from 'socket.io';
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

@Namespace('/bench')
class BenchController {
  @On('echo')
  echo(value: unknown): unknown {
    return value;
  }

  @On('say')
  say(said: Say): object {
    return { ok: true, n: said.n };
  }

  @On('broadcast')
  broadcast(count: number, socket: Socket): number {
    for (let i = 0; i < count; i++) socket.nsp.emit('news', { text: 'hello', i });
    return count;
  }
}

for (const event of otherEvents) addMethod(BenchController, event, [On(event)]);
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

const app = await createApp({ controllers: [BenchController, ...others, ...controllers], ...serverOptions });
const http = await app.listen(0);
announce((http.address() as AddressInfo).port);
