import 'reflect-metadata';
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Expose, Type } from 'class-transformer';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import {
  Allow,
  getFromContainer,
  getMetadataStorage,
  IsInt,
  IsString,
  registerDecorator,
  useContainer,
  Validate,
  ValidateNested,
  Validator,
  ValidatorConstraint,
} from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import { Invalid, planOutgoing, planPayload } from '../../src/payload/index.js';
import type { PayloadOptions } from '../../src/payload/index.js';

class Leaf {
  @IsString() name!: string;
}

/** Runs code while a method is another; returns how often it was called. */
function counting(owner: object, method: string, run: () => void): number {
  const methods = owner as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[method] as (...args: unknown[]) => unknown;
  let calls = 0;
  methods[method] = function (this: unknown, ...args: unknown[]) {
    calls++;
    return original.apply(this, args);
  };
  try {
    run();
  } finally {
    methods[method] = original;
  }
  return calls;
}

const transforms = (run: () => void) => counting(TransformOperationExecutor.prototype, 'transform', run);
const validations = (run: () => void) => counting(ValidationExecutor.prototype, 'execute', run);

describe('a compiled plan', () => {
  it('asks neither library for what it knows', () => {
    class Branch {
      @ValidateNested({ each: true }) @Type(() => Leaf) leaves!: Leaf[];
    }
    const plan = planPayload(Branch);
    assert.deepEqual([plan.mode, plan.reasons], ['compiled', []]);
    let made: unknown;
    const run = () => void (made = plan.run({ leaves: [{ name: 'a', x: 1 }], y: { z: [new Array(3)] } }));
    assert.equal(transforms(run), 0);
    assert.equal(validations(run), 0);
    assert.ok(made instanceof Branch && made.leaves[0] instanceof Leaf);
  });

  it('asks neither library for what is sent, Maps and what they hold among it', () => {
    class Sent {
      @ValidateNested({ each: true }) @Type(() => Leaf) byName!: Map<string, Leaf>;
      @Allow() @Type(() => String) texts!: Map<string, unknown>;
      @Allow() open!: Map<string, unknown>;
    }
    const plan = planOutgoing(Sent);
    assert.deepEqual([plan.mode, plan.reasons], ['compiled', []]);
    const leaf = Object.assign(new Leaf(), { name: 'a' });
    const open = new Map<string, unknown>([['x', { y: [1, new Map([['z', new Date(0)]])] }]]);
    const value = { byName: new Map([['k', leaf]]), texts: new Map([['t', 1]]), open };
    let sent: unknown;
    const run = () => void (sent = plan.run(value));
    assert.equal(transforms(run), 0);
    assert.equal(validations(run), 0);
    assert.deepEqual(sent, {
      byName: { k: { name: 'a' } },
      texts: { t: '1' },
      open: { x: { y: [1, { z: new Date(0) }] } },
    });
  });
});

describe('a whole payload is left to the libraries', () => {
  afterEach(() => useContainer(undefined as never));

  const reasonsFor = (options: PayloadOptions = {}): readonly string[] => {
    const plan = planPayload(Leaf, options);
    assert.ok(plan.run({ name: 'a' }) instanceof Leaf);
    assert.ok(plan.run({ name: 1 }) instanceof Invalid);
    assert.equal(plan.mode, plan.reasons.length > 0 ? 'library' : 'compiled');
    return plan.reasons;
  };

  const options: PayloadOptions[] = [
    { transform: { enableCircularCheck: true } },
    { transform: { ignoreDecorators: true } },
    { transform: { targetMaps: [{ target: Leaf, properties: {} }] } },
    { transform: { excludePrefixes: ['_'] } },
    { validator: { enableDebugMessages: true } },
    { validator: { someday: true } as object },
  ];
  for (const option of options) {
    it(`under ${JSON.stringify(option)}`, () => assert.match(reasonsFor(option)[0] ?? '', /^the (unknown )?option /));
  }

  it('under an exclusion strategy', () => {
    const plan = planPayload(Leaf, { transform: { strategy: 'excludeAll' } });
    assert.deepEqual([plan.mode, plan.reasons], ['library', ["the option strategy: 'excludeAll'"]]);
  });

  for (const owner of [ValidationExecutor, TransformOperationExecutor, Validator, getMetadataStorage().constructor]) {
    it(`when somebody patched ${owner.name}`, () => {
      const method = Object.getOwnPropertyNames(owner.prototype).at(-1) as string;
      counting(owner.prototype as object, method, () => assert.match(reasonsFor()[0] ?? '', /is not the code/));
      assert.deepEqual(reasonsFor(), []);
    });
  }

  it('when the container has a Validator of its own, which is then asked', async () => {
    let asked = 0;
    class OwnValidator extends Validator {
      override validate(...args: unknown[]): ReturnType<Validator['validate']> {
        asked++;
        return super.validate(args[0] as object, args[1] as object);
      }
    }
    const own = new OwnValidator();
    useContainer({ get: (type: unknown) => (type === Validator ? own : undefined) } as never, { fallback: true });
    assert.equal(getFromContainer(Validator), own);
    const plan = planPayload(Leaf);
    assert.equal(plan.mode, 'library');
    assert.ok((await plan.run({ name: 'a' })) instanceof Leaf);
    assert.equal(asked, 1);
  });

  it('when a schema is registered by name, from then on', () => {
    const plan = planPayload(Leaf);
    assert.equal(plan.mode, 'compiled');
    const tables = getMetadataStorage() as unknown as { validationMetadatas: Map<unknown, unknown> };
    tables.validationMetadatas.set('schema', []);
    try {
      assert.deepEqual([plan.mode, plan.reasons], ['library', ['a validation schema is registered by name']]);
      assert.equal((plan.run({ name: 'a' }) as Invalid).issues[0]?.rule, 'validator');
    } finally {
      tables.validationMetadatas.delete('schema');
    }
    assert.deepEqual(reasonsFor(), []);
  });
});

describe('a class is left to the libraries', () => {
  class Listing extends Array<string> {
    @IsString() title!: string;
  }
  class Named {
    @IsString() it!: string;
    static get name(): string {
      return 'other';
    }
  }
  class Strange {
    @Expose() toString!: () => string;
    @IsString() it!: string;
  }
  class Unregistered {
    @Validate(class {} as never) it!: string;
  }

  for (const [type, reason] of [
    [Listing, /extends the built-in Array/],
    [Named, /static name is an accessor/],
    [Strange, /property toString/],
    [Unregistered, /is not registered/],
  ] as const) {
    it(`because ${reason.source}`, () => {
      const plan = planPayload(type);
      assert.equal(plan.mode, 'library');
      assert.match(plan.reasons.join(), reason);
      let result: unknown;
      assert.equal(validations(() => void (result = plan.run({ it: 'a', title: 'a' }))) > 0, true);
      assert.ok(result instanceof Invalid || result instanceof type);
    });
  }

  it('where it is nested in one that is not', () => {
    class Outer {
      @ValidateNested() @Type(() => Named) named!: Named;
      @ValidateNested() @Type(() => Leaf) leaf!: Leaf;
    }
    const plan = planPayload(Outer);
    assert.equal(plan.mode, 'compiled');
    assert.deepEqual(plan.reasons, ['other: its static name is an accessor']);
    const made = plan.run({ named: { it: 'a' }, leaf: { name: 'b' } });
    assert.ok(made instanceof Outer && made.named instanceof Named && made.leaf instanceof Leaf);
    const issues = (plan.run({ named: { it: 1 }, leaf: { name: 2 } }) as Invalid).issues;
    assert.deepEqual(
      issues.map((issue) => issue.path),
      ['named.it', 'leaf.name'],
    );
    assert.equal(
      validations(() => void plan.run({ named: { it: 'a' }, leaf: { name: 'b' } })),
      1,
    );
  });
});

describe('a value is left to the libraries', () => {
  class Holder {
    @IsString() name!: string;
    @Type(() => Leaf) leaf!: unknown;
    constructor(readonly made = 'made') {}
  }
  const plan = planPayload(Holder, { validator: { whitelist: false } });
  const own = Object.assign(Object.create({ inherited: 1 }) as object, { name: 'a' });

  for (const [what, value, calls] of [
    ['a Map', new Map([['k', { name: 'a' }]]), 2],
    ['a Set', new Set(['a']), 2],
    ['a Date', new Date(0), 1],
    ['a Buffer', Buffer.from('a'), 1],
    ['an instance', own, 2],
    ['a promise', Promise.resolve(1), 1],
    ['an object that says which class it is of', { any: { constructor: Leaf } }, 1],
  ] as const) {
    it(`that is ${what}`, () => {
      const seen = transforms(() => void plan.run({ name: 'a', leaf: value }));
      assert.ok(seen >= calls, `${seen} calls`);
    });
  }
});

describe('a plan is compiled again', () => {
  it('when rules, types or ancestors get metadata after boot', () => {
    class Base {
      base: unknown;
    }
    class Late extends Base {
      @IsString() name!: string;
      count: unknown;
    }
    const plan = planPayload(Late);
    assert.deepEqual({ ...(plan.run({ name: 'a', count: '1', base: 'b' }) as Late) }, { name: 'a' });
    IsInt()(Late.prototype, 'count');
    assert.equal((plan.run({ name: 'a', count: '1' }) as Invalid).issues[0]?.rule, 'isInt');
    Type(() => Number)(Late.prototype, 'count');
    assert.equal((plan.run({ name: 'a', count: '1' }) as { count: unknown }).count, 1);
    IsString()(Base.prototype, 'base');
    assert.equal((plan.run({ name: 'a', count: '1' }) as Invalid).issues[0]?.path, 'base');
    assert.equal(plan.mode, 'compiled');
  });

  it('when the metadata of a nested class change', () => {
    class Inner {
      @IsString() name!: string;
    }
    class Outer {
      @ValidateNested() @Type(() => Inner) inner!: Inner;
    }
    const plan = planPayload(Outer);
    assert.ok(plan.run({ inner: { name: 'abc' } }) instanceof Outer);
    IsInt()(Inner.prototype, 'name');
    assert.deepEqual(
      (plan.run({ inner: { name: 'abc' } }) as Invalid).issues.map((issue) => issue.rule),
      ['isInt'],
    );
  });
});

describe('a constraint class', () => {
  afterEach(() => useContainer(undefined as never));

  it('is asked from the container at every use', () => {
    let made = 0;
    @ValidatorConstraint()
    class Fresh {
      validate(): boolean {
        return true;
      }
    }
    class Asking {
      @Validate(Fresh) name!: string;
    }
    useContainer({ get: (type: new () => object) => (type === Fresh && made++, new type()) } as never);
    const plan = planPayload(Asking);
    assert.equal(plan.mode, 'compiled');
    for (let i = 0; i < 3; i++) assert.ok(plan.run({ name: 'a' }) instanceof Asking);
    assert.equal(made, 3);
  });

  it('of a user is never taken for a built-in one by its name', () => {
    class Own {
      name!: unknown;
    }
    registerDecorator({
      name: 'isString',
      target: Own,
      propertyName: 'name',
      validator: { validate: (value: unknown) => value === 7 },
    });
    const plan = planPayload(Own);
    assert.equal(plan.mode, 'compiled');
    assert.ok(plan.run({ name: 7 }) instanceof Own);
    assert.ok(plan.run({ name: 'seven' }) instanceof Invalid);
  });
});
