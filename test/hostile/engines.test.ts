/** Whichever way a server gets its engine, everything that guards its transports is on. */
import assert from 'node:assert/strict';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { Server as EngineServer } from 'engine.io';
import { Server } from 'socket.io';
import { Background, createApp, Namespace, On, type App } from '../../src/index.js';
import { openClient } from '../support/app.js';
import { openRaw } from '../support/raw-client.js';
import { nextEvent, until } from '../support/wait.js';

let worked = 0;

@Namespace('/')
class Root {
  @On() echo(value: unknown) {
    return value;
  }
  @Background() work() {
    worked++;
  }
}

type Attach = (app: App, http: HttpServer) => void;

const ways: Readonly<Record<string, Attach>> = {
  'app.attach': (app, http) => app.attach(http),
  'app.io.attach': (app, http) => void app.io.attach(http),
  'app.io.listen': (app, http) => void app.io.listen(http as never),
  'app.io.bind': (app, http) => {
    const engine = new EngineServer({ maxHttpBufferSize: 100_000 });
    engine.attach(http, { path: '/socket.io/' });
    app.io.bind(engine as never);
  },
};

describe('an engine given by', () => {
  for (const [way, attach] of Object.entries(ways)) {
    for (const own of [false, true]) {
      it(`${way}${own ? ', to a server of the user’s own' : ''}: budgets, background work and the engine are on`, async (t) => {
        worked = 0;
        const limits = { eventRate: 1, eventBurst: 5, connectRate: 1, connectBurst: 10 };
        const options = { controllers: [Root], logger: false as const, limits };
        const app = await createApp(own ? { ...options, io: new Server() } : options);
        const http = createServer();
        t.after(async () => {
          await app.close();
          http.close();
          http.closeAllConnections();
        });
        attach(app, http);
        await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
        const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
        const socket = openClient(t, url);
        await nextEvent(socket, 'connect');
        const answers = (await Promise.all(
          Array.from({ length: 10 }, (_, n) => socket.emitWithAck('echo', n)),
        )) as unknown[];
        assert.ok(answers.filter((answer) => typeof answer === 'object').length >= 4, 'the rate is kept');
        assert.equal(worked, 1);
        assert.equal(app.health().engine.name, 'corked');
        const raw = await openRaw(t, url);
        for (let n = 0; n < 50; n++) raw.send('0');
        await raw.closed;
        await until(
          () => (app.health().counts.connect_rate ?? 0) + (app.health().counts.rate_limited ?? 0) > 0,
          'counts',
        );
      });
    }
  }
});
