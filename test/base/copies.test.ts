/** Two copies of a library are named as what they are, with both paths and the remedy. The copies here are real ones. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { IsBoolean, IsString } from 'class-validator';
import { createApp, Namespace, On, type AppOptions, type SetupProblem } from '../../src/index.js';
import { root } from '../repo/sources.js';
import { mistakes } from '../controllers/scan/mistakes.js';
import { recordingLog } from '../support/log.js';

const folder = mkdtempSync(join(root, '.build', 'copies-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A second copy of a library; what it needs itself is found further up. */
function copyOf<T>(library: string, file = library): T {
  const to = join(folder, 'node_modules', library);
  cpSync(join(root, 'node_modules', library), to, { recursive: true });
  return createRequire(join(folder, 'main.cjs'))(file) as T;
}

/** A class with one handler whose parameter has this type. */
function handling(type: unknown, name = 'work'): new () => object {
  @Namespace('/copies')
  class Handling {
    work() {}
  }
  Reflect.defineMetadata('design:type', Function, Handling.prototype, name);
  Reflect.defineMetadata('design:paramtypes', [type], Handling.prototype, name);
  On(Handling.prototype as never, name, Object.getOwnPropertyDescriptor(Handling.prototype, name)!);
  return Handling;
}

async function named(library: string, controllers: AppOptions['controllers'], options = {}): Promise<SetupProblem> {
  const problems = await mistakes(controllers, options);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['library_copies'],
    JSON.stringify(problems, null, 2),
  );
  const [problem] = problems;
  assert.match(problem!.what, new RegExp(`^(\\w+: )?${library} is installed twice`));
  assert.ok(problem!.what.includes(join(folder, 'node_modules', library)), problem!.what);
  assert.ok(problem!.what.includes(join(root, 'node_modules', library)), problem!.what);
  assert.ok(problem!.fix.includes(`npm ls ${library}`) && problem!.fix.includes('npm dedupe'));
  return problem!;
}

describe('a second copy', () => {
  const socketIo = copyOf<typeof import('socket.io')>('socket.io');
  for (const name of ['Socket', 'Server'] as const) {
    it(`of socket.io, by the type of a parameter: ${name}`, async () => {
      await named('socket.io', [handling(socketIo[name])]);
    });
  }

  it('of socket.io, by the type of a parameter, is served all the same if the check only warns', async () => {
    const logger = recordingLog();
    const controllers = [handling(socketIo.Socket)];
    const app = await createApp({ controllers, logger, checks: { library_copies: 'warn' } });
    await app.close();
    assert.deepEqual(app.table[0]!.arguments, ['Socket']);
    const warnings = logger.at('warn').filter(({ message }) => /socket\.io is installed twice/.test(message));
    assert.equal(warnings.length, 1);
  });

  it('of socket.io, by what a constructor takes', async () => {
    class Sending {
      constructor(readonly io: InstanceType<typeof socketIo.Server>) {}
      work() {}
    }
    Reflect.defineMetadata('design:paramtypes', [socketIo.Server], Sending);
    Reflect.defineMetadata('design:type', Function, Sending.prototype, 'work');
    Reflect.defineMetadata('design:paramtypes', [], Sending.prototype, 'work');
    On(Sending.prototype as never, 'work', Object.getOwnPropertyDescriptor(Sending.prototype, 'work')!);
    Namespace('/copies')(Sending);
    await named('socket.io', [Sending]);
  });

  it('of socket.io, by the option `io`', async () => {
    await named('socket.io', [handling(Object)], { io: new socketIo.Server() });
  });

  const transformer = copyOf<typeof import('class-transformer')>('class-transformer');
  for (const decorator of ['Exclude', 'Expose', 'Type', 'Transform'] as const) {
    it(`of class-transformer, by its @${decorator}, which would silently not hold`, async () => {
      class User {
        @IsString() name!: string;
        @IsBoolean() isAdmin!: boolean;
      }
      transformer[decorator]((() => User) as never)(User.prototype, 'isAdmin');
      await named('class-transformer', [handling(User)]);
    });
  }

  it('of class-validator shares its rules with the first, so it is no mistake', async () => {
    const validator = copyOf<typeof import('class-validator')>('class-validator');
    class User {
      name!: string;
    }
    validator.IsString()(User.prototype, 'name');
    const app = await createApp({ controllers: [handling(User)], logger: false });
    await app.close();
  });

  it('of class-validator that keeps its rules to itself is named, not the missing rules', async () => {
    const copied = createRequire(join(folder, 'main.cjs'))(
      join(folder, 'node_modules/class-validator/cjs/metadata/MetadataStorage.js'),
    ) as { getMetadataStorage: () => unknown };
    class User {
      name!: string;
    }
    const own = { validationMetadatas: new Map([[User, []]]), constraintMetadatas: new Map() };
    const shared = copied.getMetadataStorage;
    copied.getMetadataStorage = () => own;
    try {
      await named('class-validator', [handling(User)]);
    } finally {
      copied.getMetadataStorage = shared;
    }
  });

  const tsyringe = copyOf<typeof import('tsyringe')>('tsyringe');
  it('of tsyringe, by its @singleton(), which would be made twice', async () => {
    class Counter {}
    tsyringe.singleton()(Counter);
    class Middle {}
    Reflect.defineMetadata('design:paramtypes', [Counter], Middle);
    class Counting {
      constructor(readonly middle: Middle) {}
      work() {}
    }
    Reflect.defineMetadata('design:paramtypes', [Middle], Counting);
    Reflect.defineMetadata('design:type', Function, Counting.prototype, 'work');
    Reflect.defineMetadata('design:paramtypes', [], Counting.prototype, 'work');
    On(Counting.prototype as never, 'work', Object.getOwnPropertyDescriptor(Counting.prototype, 'work')!);
    for (const options of [{}, { scope: 'connection' }] as const) {
      const Copy = class extends Counting {};
      Reflect.defineMetadata('design:paramtypes', [Middle], Copy);
      Namespace('/copies', options)(Copy);
      assert.match((await named('tsyringe', [Copy])).what, /Counter/);
    }
  });

  it('of tsyringe, by the option `container`', async () => {
    const container = tsyringe.container.createChildContainer();
    await named('tsyringe', [handling(Object)], { container });
  });

  it('of reflect-metadata adds nothing: the first one stays', async () => {
    copyOf('reflect-metadata');
    await (await createApp({ controllers: [handling(String)], logger: false })).close();
  });

  it('of another polyfill that took the place of reflect-metadata is named, not the compiler', async (t) => {
    const { hasOwnMetadata, getOwnMetadata } = Reflect;
    const Typed = handling(String);
    t.after(() => Object.assign(Reflect, { hasOwnMetadata, getOwnMetadata }));
    Object.assign(Reflect, { hasOwnMetadata: () => false, getOwnMetadata: () => undefined });
    const [problem] = await mistakes([Typed]);
    assert.equal(problem!.code, 'library_copies');
    assert.match(problem!.what, /polyfill/);
  });
});

it('one copy of each library is no mistake, whatever the class is called', async () => {
  class Socket {
    @IsString() plug!: string;
  }
  const app = await createApp({ controllers: [handling(Socket)], logger: false });
  await app.close();
  assert.deepEqual(app.table[0]!.arguments, ['Socket']);
});
