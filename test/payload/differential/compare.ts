import assert from 'node:assert/strict';
import { plainToInstance } from 'class-transformer';
import type { ClassConstructor } from 'class-transformer';
import { validate } from 'class-validator';
import { compile } from '../../../src/payload/compiled/index.js';
import type { Steps } from '../../../src/payload/library.js';
import type { Class, SettledOptions } from '../../../src/payload/options.js';
import { describeValue } from './describe.js';

/** Everything that can be seen of one payload being made. */
export interface Outcome {
  instance: string;
  input: string;
  errors: string;
  thrown: string;
  log: string[];
}

/** One payload for the two ways: the same value made anew for each, and the log that user functions write to. */
export interface Case {
  readonly type: Class;
  readonly options: SettledOptions;
  readonly makeInput: () => object;
  readonly log: string[];
}

/** The libraries through their public entries. */
export function libraryWay({ type, options }: Case): Steps {
  return {
    transform: (value) => plainToInstance(type as ClassConstructor<object>, value, options.transform),
    validate: (instance) => validate(instance, options.validator),
  };
}

/** What happens when one way takes the steps. */
export async function outcomeOf(steps: Steps, { makeInput, log }: Case): Promise<Outcome> {
  log.length = 0;
  const input = makeInput();
  const outcome: Outcome = { instance: '', input: '', errors: '', thrown: '', log: [] };
  let instance: unknown;
  try {
    instance = steps.transform(input);
    outcome.log = [...log, 'transformed', describeValue(instance), describeValue(input)];
    log.length = 0;
    const errors = steps.validate(instance as object);
    outcome.errors = describeValue(errors instanceof Promise ? await settled(errors) : errors);
  } catch (thrown) {
    outcome.thrown = describeValue(thrown);
  }
  outcome.instance = describeValue(instance);
  outcome.input = describeValue(input);
  outcome.log.push(...log);
  return outcome;
}

/** Waits for a promise, but not for one that nothing will ever settle. */
async function settled(promise: Promise<unknown>): Promise<unknown> {
  let turns = 0;
  const forever = new Promise((resolve) => {
    const turn = () => (turns++ === 5 ? resolve('never settles') : setImmediate(turn));
    turn();
  });
  return Promise.race([promise, forever]);
}

/** Fails if the compiled way differs from the libraries in anything; tells whether there is a compiled way. */
export async function assertSame(one: Case): Promise<boolean> {
  const { steps } = compile(one.type, one.options);
  if (!steps) return false;
  const expected = await outcomeOf(libraryWay(one), one);
  const actual = await outcomeOf(steps, one);
  assert.deepEqual(actual, expected);
  return true;
}
