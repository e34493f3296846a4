/** What `createApp` says of an application that cannot start. */
import assert from 'node:assert/strict';
import { createApp, SetupError, type AppOptions, type SetupProblem } from '../../../src/index.js';

/** The mistakes that keep the controllers from starting. */
export async function mistakes(
  controllers: AppOptions['controllers'],
  options: Partial<AppOptions> = {},
): Promise<readonly SetupProblem[]> {
  const error = await createApp({ logger: false, ...options, controllers }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SetupError, `a SetupError, not ${String(error)}`);
  for (const { where, what, fix } of error.problems) {
    assert.ok(where && what && fix);
    for (const part of [where, what, fix]) assert.ok(error.message.includes(part.split('\n', 1)[0]!));
  }
  return error.problems;
}

/** The one mistake. */
export async function mistake(...args: Parameters<typeof mistakes>): Promise<SetupProblem> {
  const problems = await mistakes(...args);
  assert.equal(problems.length, 1, JSON.stringify(problems, null, 2));
  return problems[0]!;
}

/** Fails unless the mistake is at this place, says this, and is fixed so. */
export function assertMistake(problem: SetupProblem, where: string, what: RegExp, fix: RegExp): void {
  assert.equal(problem.where, where);
  assert.match(problem.what, what);
  assert.match(problem.fix, fix);
}
