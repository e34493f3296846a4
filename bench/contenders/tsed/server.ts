import '@tsed/platform-express';
import '@tsed/ajv';
import '@tsed/socketio';
import { AjvService } from '@tsed/ajv';
import { Configuration } from '@tsed/di';
import { PlatformExpress } from '@tsed/platform-express';
import { Integer, MaxLength, MinLength, Required } from '@tsed/schema';
import { Args, Input, Nsp, SocketErr, SocketMiddlewareError, SocketService, SocketUseAfter } from '@tsed/socketio';
import type { AddressInfo } from 'node:net';
import Http from 'node:http';
import type { Namespace } from 'socket.io';
import { addMethod, makeControllers } from '../shared/classes.js';
import { announce, otherEvents, otherNamespaces, serverOptions } from '../shared/control.js';

class Say {
  @Required() @MinLength(1) @MaxLength(40) room!: string;
  @MaxLength(2000) text!: string;
  @Required() @Integer() n!: number;
}

/** Left alone, the module logs a rejection and answers nothing; this acknowledges it. */
@SocketMiddlewareError()
class AnswerRejection {
  use(@SocketErr error: Error & { errors?: unknown }, @Args() args: unknown[]): void {
    const ack = args.at(-1) as (answer: unknown) => void;
    ack({ error: { code: 'invalid', message: error.message, issues: error.errors } });
  }
}

@SocketService('/bench')
class BenchService {
  @Nsp nsp!: Namespace;

  constructor(private readonly ajv: AjvService) {}

  @Input('echo')
  echo(@Args(0) value: unknown): unknown {
    return value;
  }

  /** The module makes the instance; validating it is left to the handler. */
  @Input('say')
  @SocketUseAfter(AnswerRejection)
  async say(@Args(0) said: Say): Promise<object> {
    await this.ajv.validate(said, { type: Say });
    return { ok: true, n: said.n };
  }

  @Input('broadcast')
  broadcast(@Args(0) count: number): number {
    for (let i = 0; i < count; i++) this.nsp.emit('news', { text: 'hello', i });
    return count;
  }
}

/** Like a method with one `@Args(0)` parameter. */
const addHandler = (target: { prototype: object }, event: string, type: unknown = Object): void => {
  addMethod(target, event, [Input(event)], type);
  Args(0)(target.prototype, event, 0);
};

for (const event of otherEvents) addHandler(BenchService, event);
for (const namespace of otherNamespaces) {
  class OtherService {}
  for (const event of otherEvents) addHandler(OtherService, event);
  SocketService(namespace)(OtherService);
}
const controllers = makeControllers((target, event, first) => addHandler(target, event, first ? Say : Object));
for (const controller of controllers) SocketService('/bench')(controller);

@Configuration({
  httpPort: '127.0.0.1:0',
  httpsPort: false,
  disableRoutesSummary: true,
  logger: { level: 'off', disableRoutesSummary: true, disableBootstrapLog: true },
  socketIO: serverOptions,
})
class AppServer {}

const platform = await PlatformExpress.bootstrap(AppServer);
await platform.listen();
announce((platform.injector.get(Http.Server)!.address() as AddressInfo).port);
