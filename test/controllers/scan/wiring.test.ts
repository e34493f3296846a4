/** What a class with scope: 'connection' needs is looked at when the application starts, and nothing of it is built. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespace as IoNamespace, Server, Socket } from 'socket.io';
import {
  container as root,
  delay,
  inject,
  injectable,
  injectAll,
  injectWithTransform,
  Lifecycle,
  scoped,
  singleton,
} from 'tsyringe';
import { createApp, InjectNamespace, Namespace, On } from '../../../src/index.js';
import { assertMistake, mistake } from './mistakes.js';

const perConnection = { scope: 'connection' } as const;

test('a dependency of a connection-scoped class that is not registered is a mistake at boot', async () => {
  @Namespace('/a', perConnection)
  class Direct {
    constructor(@inject('no such token') readonly missing: unknown) {}
    @On() work() {}
  }
  assertMistake(await mistake([Direct]), 'Direct', /cannot build it: .*parameter 1 .*"no such token"/, /register/);
});

test('so is one at any depth, through singletons, scoped services and other tokens', async () => {
  class Bare {
    constructor(readonly url: string) {}
  }
  @injectable()
  class Repository {
    constructor(
      readonly socket: Socket,
      readonly bare: Bare,
    ) {}
  }
  @scoped(Lifecycle.ContainerScoped)
  class Session {
    constructor(readonly repository: Repository) {}
  }
  const container = root.createChildContainer().register('session', { useToken: Session });
  @Namespace('/a', perConnection)
  class Deep {
    constructor(@inject('session') readonly session: Session) {}
    @On() work() {}
  }
  const problem = await mistake([Deep], { container });
  assertMistake(problem, 'Deep', /Session: parameter 2 of Repository: Bare is not injectable/, /@injectable\(\)/);
});

test('a class whose parameters are decorated, but which is not injectable itself, is one', async () => {
  class Forgotten {
    constructor(@inject(Server as never) readonly io: Server) {}
  }
  @Namespace('/a', perConnection)
  class Controller {
    constructor(readonly forgotten: Forgotten) {}
    @On() work() {}
  }
  assertMistake(await mistake([Controller]), 'Controller', /parameter 1 .*Forgotten/, /@injectable\(\)/);
});

test('so is a namespace that nobody serves', async () => {
  @Namespace('/a', perConnection)
  class Controller {
    constructor(@InjectNamespace('/nobody') readonly namespace: IoNamespace) {}
    @On() work() {}
  }
  assertMistake(
    await mistake([Controller]),
    'Controller',
    /parameter 1 .*nobody serves the namespace \/nobody/,
    /register/,
  );
});

test('what can be had is no mistake, and nothing is built at boot', async () => {
  let built = 0;
  class Counted {
    constructor() {
      built++;
    }
  }
  @singleton()
  class Single extends Counted {}
  @scoped(Lifecycle.ContainerScoped)
  class Session extends Counted {}
  @injectable()
  class Plain extends Counted {}
  class Upper {
    transform(text: string) {
      return text.toUpperCase();
    }
  }
  class ByHand extends Counted {
    constructor(readonly url: string) {
      super();
    }
  }
  @injectable()
  class Late extends Counted {}
  const container = root
    .createChildContainer()
    .register('name', { useValue: 'name' })
    .register('all', { useClass: Plain })
    .register('all', { useValue: 1 })
    .register(ByHand, { useFactory: () => new ByHand('url') });
  @Namespace('/a', perConnection)
  class Controller extends Counted {
    constructor(
      readonly socket: Socket,
      readonly io: Server,
      readonly single: Single,
      readonly session: Session,
      readonly plain: Plain,
      readonly byHand: ByHand,
      @inject('name') readonly name: string,
      @inject('perhaps', { isOptional: true }) readonly perhaps: unknown,
      @injectAll('all') readonly all: unknown[],
      @injectWithTransform('name', Upper) readonly upper: string,
      @inject(delay(() => Late)) readonly late: Late,
      @InjectNamespace() readonly own: IoNamespace,
    ) {
      super();
    }
    @On() work() {}
  }
  const app = await createApp({ controllers: [Controller], container, logger: false });
  assert.equal(built, 0);
  await app.close();
});
