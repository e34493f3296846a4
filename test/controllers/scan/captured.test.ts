/** An object of the application never keeps what each connection or call has its own of: boot says so. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Socket } from 'socket.io';
import { container as root, delay, inject, injectable, injectAll, Lifecycle, scoped, singleton } from 'tsyringe';
import {
  createApp,
  EventContext,
  Namespace,
  On,
  Use,
  type AppOptions,
  type MiddlewareObject,
  type Next,
} from '../../../src/index.js';
import { assertMistake, mistake } from './mistakes.js';

@scoped(Lifecycle.ContainerScoped)
class Session {
  user = 'nobody';
}

@injectable()
class Helper {
  constructor(readonly session: Session) {}
}

@singleton()
class Direct {
  constructor(readonly session: Session) {}
}

@singleton()
class Deep {
  constructor(readonly helper: Helper) {}
}

@singleton()
class Circular {
  constructor(@inject(delay(() => Direct)) readonly direct: Direct) {}
}

@singleton()
class OfSocket {
  constructor(readonly socket: Socket) {}
}

@singleton()
class OfContext {
  constructor(readonly context: EventContext) {}
}

@singleton()
class All {
  constructor(@injectAll(Session) readonly sessions: Session[]) {}
}

@singleton()
class Named {
  constructor(@inject('session') readonly session: Session) {}
}

const container = root.createChildContainer().register('session', { useToken: Session });

for (const scope of ['connection', 'event'] as const) {
  describe(`a class with scope '${scope}'`, () => {
    for (const [holder, path] of [
      [Direct, 'Direct → Session'],
      [Deep, 'Deep → Helper → Session'],
      [Circular, 'Direct → Session'],
      [OfSocket, 'OfSocket → Socket'],
      [All, 'All → Session'],
      [Named, 'Named → session → Session'],
      ...(scope === 'event' ? [[OfContext, 'OfContext → EventContext'] as const] : []),
    ] as const) {
      test(`takes no singleton that would keep what is its own: ${path}, through ${holder.name}`, async () => {
        @Namespace('/a', { scope })
        class Taking {
          constructor(@inject(holder as never) readonly held: unknown) {}
          @On() work() {}
        }
        const problem = await mistake([Taking], { container });
        assert.equal(problem.code, 'captured_scope');
        assertMistake(problem, path.split(' ')[0]!, new RegExp(`first connection or call: ${path}\\.`), /@scoped/);
      });
    }

    test('does not share its services with an object of the application', async () => {
      @Namespace('/a', { scope })
      class Own {
        constructor(readonly session: Session) {}
        @On() work() {}
      }
      @Namespace('/b')
      class Shared {
        constructor(readonly helper: Helper) {}
        @On() work() {}
      }
      @injectable()
      class Audit implements MiddlewareObject {
        constructor(readonly session: Session) {}
        use(_context: EventContext, next: Next) {
          return next();
        }
      }
      @Namespace('/c')
      @Use(Audit)
      class Audited {
        @On() work() {}
      }
      const cases: [AppOptions['controllers'], Partial<AppOptions>, string][] = [
        [[Own, Shared], {}, 'Shared → Helper → Session'],
        [[Own, Audited], {}, 'Audit → Session'],
        [[Own], { use: [Audit] }, 'Audit → Session'],
        [[Own], { services: [Deep] }, 'Deep → Helper → Session'],
      ];
      for (const [controllers, options, path] of cases) {
        const problem = await mistake(controllers, options);
        assert.equal(problem.code, 'captured_scope');
        assertMistake(problem, path.split(' ')[0]!, new RegExp(path), /@scoped|scope: 'event'/);
      }
    });
  });
}

test('an application without classes of a connection or a call has one of each such service', async () => {
  @Namespace('/a')
  class Shared {
    constructor(
      readonly direct: Direct,
      readonly session: Session,
    ) {}
    @On() work() {}
  }
  const app = await createApp({ controllers: [Shared], logger: false, services: [Deep] });
  await app.close();
});

test("background work has no object where the class has scope: 'event'", async () => {
  const { Background } = await import('../../../src/index.js');
  @Namespace('/a', { scope: 'event' })
  class Working {
    @Background() work() {}
  }
  const problem = await mistake([Working]);
  assert.equal(problem.code, 'background_scope');
});
