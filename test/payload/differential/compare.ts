import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import type { ClassConstructor } from 'class-transformer';
import { validate } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { PayloadCompiler } from '../../../src/payload/compiled/index.js';
import { issuesOf } from '../../../src/payload/invalid.js';
import { librarySteps } from '../../../src/payload/library.js';
import { CLASS_TO_PLAIN } from '../../../src/payload/nested.js';
import type { Steps } from '../../../src/payload/library.js';
import type { Class, SettledOptions } from '../../../src/payload/payload-options.js';
import { describeValue } from './describe.js';

/** Everything that can be seen of one payload being made. */
interface Outcome {
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

/** The libraries through their public entries, which know no budget; with one, as a plan uses them. */
function libraryWay({ type, options }: Case): Steps {
  if (Number.isFinite(options.maxIssues)) return librarySteps(type, options);
  return {
    transform: (value) => plainToInstance(type as ClassConstructor<object>, value, options.transform),
    toPlain: (instance) => instanceToPlain(instance, options.transform),
    validate: (instance) => validate(instance, options.validator),
  };
}

/** What happens when one way takes the steps. */
async function outcomeOf(steps: Steps, { makeInput, log, options }: Case): Promise<Outcome> {
  log.length = 0;
  const input = makeInput();
  const outcome: Outcome = { instance: '', input: '', errors: '', thrown: '', log: [] };
  let instance: unknown;
  try {
    instance = steps.transform(input);
    outcome.log = [...log, 'transformed', describeValue(instance), describeValue(input)];
    log.length = 0;
    const errors = steps.validate(instance as object);
    const result = errors instanceof Promise ? await settled(errors) : errors;
    outcome.errors = describeValue(Number.isFinite(options.maxIssues) ? allIssues(result) : result);
  } catch (thrown) {
    outcome.thrown = describeValue(thrown);
  }
  outcome.instance = describeValue(instance);
  outcome.input = describeValue(input);
  // The log of one program may have more lines than a call takes arguments.
  outcome.log = outcome.log.concat(log);
  return outcome;
}

/** What is sent of an instance, in one way. The instance is made by the library. */
function plainOf({ toPlain }: Pick<Steps, 'toPlain'>, one: Case): Record<string, string> {
  const { type, options, makeInput, log } = one;
  const outcome = { plain: '', instance: '', thrown: '', log: '' };
  let instance: object | undefined;
  try {
    instance = plainToInstance(type as ClassConstructor<object>, makeInput(), options.transform);
  } catch {
    return outcome;
  }
  log.length = 0;
  try {
    outcome.plain = describeValue(toPlain(instance));
  } catch (thrown) {
    outcome.thrown = describeValue(thrown);
    // A transform that gives a deeper value each time ends with the stack, one way earlier than the other.
    if (thrown instanceof RangeError) return outcome;
  }
  return { ...outcome, instance: describeValue(instance), log: log.filter((line) => line !== 'get').join('\n') };
}

/** Fails if what is sent differs from `instanceToPlain`; tells whether anything was sent. */
export function assertSamePlain(one: Case): boolean {
  const { steps } = new PayloadCompiler(one.options, CLASS_TO_PLAIN).compile(one.type).parts();
  if (!steps) return false;
  let expected = plainOf(libraryWay(one), one);
  const actual = plainOf(steps, one);
  // A default value may be one object for all instances, which the first way writes a discriminator into.
  if (!isDeepStrictEqual(actual, expected)) expected = plainOf(libraryWay(one), one);
  assert.deepEqual(actual, expected);
  return expected['plain'] !== '';
}

/** Where a budget cuts validation off, only what has been recorded until then is the same. */
function allIssues(errors: unknown): unknown {
  if (!Array.isArray(errors)) return errors;
  const issues: unknown[] = [];
  issuesOf(errors as ValidationError[])((path, rule, message) => issues.push({ path, rule, message }) > 0);
  return issues;
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
  const { steps } = new PayloadCompiler(one.options).compile(one.type).parts();
  if (!steps) return false;
  let expected = await outcomeOf(libraryWay(one), one);
  const actual = await outcomeOf(steps, one);
  // Some checks fill in the options of their decorator when they are used first, so the first way sees others.
  if (!isDeepStrictEqual(actual, expected)) expected = await outcomeOf(libraryWay(one), one);
  assert.deepEqual(actual, expected);
  return true;
}
