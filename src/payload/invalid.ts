import type { ValidationError } from 'class-validator';

/** One broken rule. */
export interface Issue {
  /** Where: property names and indexes joined with dots, `items.3.name`; `''` is the value itself. */
  readonly path: string;
  /** Which: the name of the class-validator rule (`isString`, `isLength` …), or `object`, `transform`, `validator`. */
  readonly rule: string;
  /** What class-validator says about it, in words for the client. */
  readonly message: string;
}

/** Most issues that an answer tells of. */
export const MAX_ISSUES = 20;
/** Most bytes of text (UTF-8) that the issues of one answer hold in all. */
export const MAX_ISSUES_BYTES = 2048;
/** Longest path, rule or message, in characters; what is longer ends in an ellipsis. */
const MAX_TEXT = 200;
/** The first half of a character that was cut in two. */
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

/**
 * What a plan concluded of a value that broke its rules. It is returned, never thrown, and builds no stack. The issues
 * are put together when somebody reads them, and are bounded whatever the client sent.
 */
export class Invalid {
  /**
   * What a transform or a validator threw, if that is why the value is invalid. For the server's log; never for the
   * client.
   */
  readonly cause: unknown;
  #source: Iterable<Issue> | undefined;
  #issues: readonly Issue[] = [];

  /** `issues` is read once, on first use of {@link issues}, and no further than the bounds allow. */
  constructor(issues: Iterable<Issue>, cause?: unknown) {
    this.#source = issues;
    this.cause = cause;
  }

  /** At most 20 issues and 2 KB of text. */
  get issues(): readonly Issue[] {
    if (this.#source) {
      this.#issues = bounded(this.#source);
      this.#source = undefined;
    }
    return this.#issues;
  }
}

/** The issues of a class-validator error tree, in its order, each made when it is asked for. */
export class TreeIssues implements Iterable<Issue> {
  readonly #errors: readonly ValidationError[];

  constructor(errors: readonly ValidationError[]) {
    this.#errors = errors;
  }

  [Symbol.iterator](): Iterator<Issue> {
    return walk(this.#errors, '');
  }
}

function* walk(errors: readonly ValidationError[], parent: string): Generator<Issue> {
  for (const error of errors) {
    // An unknown value at the top has no property.
    const property = (error.property as string | undefined) ?? '';
    const path = shortened(parent && property ? `${parent}.${property}` : parent || property);
    for (const [rule, message] of Object.entries(error.constraints ?? {})) yield { path, rule, message };
    if (error.children) yield* walk(error.children, path);
  }
}

function bounded(source: Iterable<Issue>): readonly Issue[] {
  const issues: Issue[] = [];
  let characters = 0;
  for (const { path, rule, message } of source) {
    const issue = { path: shortened(path), rule: shortened(rule), message: shortened(message) };
    issues.push(issue);
    characters += issue.path.length + issue.rule.length + issue.message.length;
    // A character of a string has three bytes at the most, so few texts need to be measured.
    if (characters * 3 > MAX_ISSUES_BYTES && bytesOf(issues) > MAX_ISSUES_BYTES) return issues.slice(0, -1);
    if (issues.length === MAX_ISSUES) break;
  }
  return issues;
}

function bytesOf(issues: readonly Issue[]): number {
  return issues.reduce(
    (sum, { path, rule, message }) =>
      sum + Buffer.byteLength(path) + Buffer.byteLength(rule) + Buffer.byteLength(message),
    0,
  );
}

/** A user's message function may return anything, so only strings are taken. */
function shortened(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).replace(HALF_CHARACTER, '')}…`;
}
