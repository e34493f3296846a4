import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import midwayBootstrap from '@midwayjs/bootstrap';
import {
  App,
  Configuration,
  HTTP_SERVER_KEY,
  MidwayContainer,
  OnWSMessage,
  WSController,
  type IMidwayContainer,
  type NextFunction,
} from '@midwayjs/core';
import * as socketio from '@midwayjs/socketio';
import * as validation from '@midwayjs/validate';
import { Rule, RuleType, Valid } from '@midwayjs/validate';
import { addMethod, makeControllers } from '../shared/classes.js';
import { announce, otherEvents, otherNamespaces, serverOptions } from '../shared/control.js';

class Say {
  @Rule(RuleType.string().min(1).max(40).required()) room!: string;
  @Rule(RuleType.string().max(2000).required()) text!: string;
  @Rule(RuleType.number().integer().required()) n!: number;
}

/** Left alone, the framework logs a rejection and answers nothing; this turns it into the acknowledgement. */
async function answerRejection(_context: unknown, next: NextFunction): Promise<unknown> {
  try {
    return await next();
  } catch (error) {
    return { error: { code: 'invalid', message: (error as Error).message } };
  }
}

@WSController('/bench')
class BenchController {
  @App('socketIO') app!: socketio.Application;

  @OnWSMessage('echo')
  echo(value: unknown): unknown {
    return value;
  }

  @OnWSMessage('say', { middleware: [answerRejection] })
  async say(@Valid() said: Say): Promise<object> {
    return { ok: true, n: said.n };
  }

  @OnWSMessage('broadcast')
  broadcast(count: number): number {
    for (let i = 0; i < count; i++) this.app.of('/bench').emit('news', { text: 'hello', i });
    return count;
  }
}

for (const event of otherEvents) addMethod(BenchController, event, [OnWSMessage(event)]);
const others = otherNamespaces.map((namespace) => {
  class OtherController {}
  for (const event of otherEvents) addMethod(OtherController, event, [OnWSMessage(event)]);
  WSController(namespace)(OtherController);
  return OtherController;
});

const controllers = makeControllers((target, event, first) => {
  addMethod(target, event, [OnWSMessage(event)], first ? Say : Object);
  if (first) Valid()(target.prototype as object, event, 0);
});
for (const controller of controllers) WSController('/bench')(controller);

@Configuration({
  imports: [socketio, validation],
  importConfigs: [
    {
      default: {
        socketIO: serverOptions,
        midwayLogger: { default: { transports: { console: false, file: false, error: false } } },
      },
    },
  ],
})
class MainConfiguration {
  async onReady(container: IMidwayContainer): Promise<void> {
    for (const controller of [BenchController, ...others, ...controllers]) container.bindClass(controller);
  }
}

const http = createServer();
const applicationContext = new MidwayContainer();
applicationContext.registerObject(HTTP_SERVER_KEY, http);
await midwayBootstrap.Bootstrap.configure({
  applicationContext,
  imports: [MainConfiguration],
  moduleDetector: false,
  logger: false,
} as never).run();
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port));
