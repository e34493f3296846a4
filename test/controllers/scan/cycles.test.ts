/** What an import cycle leaves behind: `undefined` where a class or a function was named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IsString } from 'class-validator';
import {
  Auth,
  createApp,
  Emit,
  Namespace,
  On,
  OnError,
  Payload,
  SetupError,
  Use,
  type Middleware,
} from '../../../src/index.js';
import { assertMistake, mistake, mistakes } from './mistakes.js';

const missing = undefined as never;
const pass: Middleware = (_context, next) => next();

test('@Use(undefined) is a mistake that names Class or Class.method, and the cycle of imports', async () => {
  @Namespace('/a')
  @Namespace('/b')
  @Use(pass, missing)
  class Wrapped {
    @On() fine() {}
    @Use(missing)
    @On('broken')
    @On('again')
    broken() {}
  }
  const problems = await mistakes([Wrapped]);
  assert.deepEqual(problems.map(({ where }) => where).toSorted(), ['Wrapped', 'Wrapped.broken']);
  for (const { what, fix } of problems) {
    assert.match(what, /@Use .* undefined.*cycle of imports/);
    assert.match(fix, /file of its own/);
  }
});

test('what is neither a function nor a class is no middleware', async () => {
  @Namespace('/a')
  class Wrapped {
    @Use({ use: pass } as never)
    @On()
    work() {}
  }
  assertMistake(await mistake([Wrapped]), 'Wrapped.work', /@Use .* an object, .* middleware/, /the class itself/);
});

test('the option `use` with undefined in it is a mistake, in createApp and in app.on', async () => {
  @Namespace('/a')
  class Served {
    @On() work() {}
  }
  const use = [pass, missing];
  assertMistake(await mistake([Served], { use }), 'use', /undefined.*cycle of imports/, /file of its own/);
  const app = await createApp({ controllers: [Served], logger: false });
  for (const [where, options] of Object.entries({ other: { use }, 'other, parameter 2': { payload: [missing] } })) {
    assert.throws(
      () => app.on('/a', 'other', function other() {}, options),
      (error) => {
        assert.ok(error instanceof SetupError);
        assert.equal(error.problems.length, 1);
        assertMistake(error.problems[0]!, where, /undefined.*cycle of imports/, /file of its own/);
        return true;
      },
    );
  }
  await app.close();
});

test('@OnError(undefined) is a mistake; @OnError() takes all errors', async () => {
  @Namespace('/a')
  class Failing {
    @On() work() {}
    @OnError() all() {}
    @OnError(missing) some() {}
  }
  assertMistake(await mistake([Failing]), 'Failing.some', /@OnError .* undefined.*cycle of imports/, /file of its own/);
});

test('@Emit with undefined as the class of errors is a mistake', async () => {
  @Namespace('/a')
  class Emitting {
    @Emit('failed', { on: missing })
    @On()
    work() {}
  }
  assertMistake(await mistake([Emitting]), 'Emitting.work', /@Emit .* undefined.*cycle of imports/, /file of its own/);
});

test('`each` and `type` that are undefined, or no class, are mistakes of the parameter', async () => {
  class Written {
    @IsString() text!: string;
  }
  @Namespace('/a')
  class Reading {
    @On() items(@Payload({ each: missing }) _items: unknown[]) {}
    @On() one(@Payload({ type: missing }) _one: Written) {}
    @On() number(@Payload({ type: 5 as never }) _one: Written) {}
    @On() who(@Auth({ type: missing }) _who: Written | null) {}
  }
  const problems = await mistakes([Reading]);
  assert.deepEqual(
    problems.map(({ where }) => where),
    ['items', 'one', 'number', 'who'].map((method) => `Reading.${method}, parameter 1`),
  );
  assert.match(problems[0]!.what, /`each` .* undefined.*cycle of imports/);
  assert.match(problems[1]!.what, /`type` .* undefined.*cycle of imports/);
  assert.match(problems[2]!.what, /`type` .* 5, .* a class/);
  assert.match(problems[3]!.what, /`type` .* undefined.*cycle of imports/);
});

test('undefined among `controllers` or `services` is a mistake that says where it stands', async () => {
  @Namespace('/a')
  class Served {
    @On() work() {}
  }
  const problems = await mistakes([Served, missing], { services: [missing] });
  assert.deepEqual(problems.map(({ where }) => where).toSorted(), ['controllers[1]', 'services']);
  for (const { what } of problems) assert.match(what, /undefined.*cycle of imports/);
});
