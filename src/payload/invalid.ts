/** A value that broke its rules, with issues of bounded size. */
import type { ValidationError } from 'class-validator';
import type { Issue } from '../base/issue.js';

/** Most issues that an answer tells of. */
export const MAX_ISSUES = 20;
/** Most bytes of text (UTF-8) that the issues of one answer hold in all. */
export const MAX_ISSUES_BYTES = 2048;
/** Longest path, rule or message, in characters; what is longer ends in an ellipsis. */
const MAX_TEXT = 200;
/** The first half of a character that was cut in two. */
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

/** Takes one more issue; `false` if there is no room for further ones. */
export type AddIssue = (path: string, rule: string, message: unknown, context?: unknown) => boolean;

/** Names issues, in their order, until one is not taken. */
export type IssueSource = (add: AddIssue) => void;

/**
 * The result of a plan for a value that broke its rules. It is returned, never thrown, and builds no stack. The issues
 * are put together when they are read, and are bounded whatever the client sent.
 */
export class Invalid {
  /**
   * The error that a transform or a validator threw, if that is why the value is invalid. For the server's log; never for the
   * client.
   */
  readonly cause: unknown;
  #source: IssueSource | undefined;
  #issues: readonly Issue[] = [];

  /** `source` is asked once, on first use of {@link issues}. */
  constructor(source: IssueSource, cause?: unknown) {
    this.#source = source;
    this.cause = cause;
  }

  /** The same of one issue. */
  static of({ path, rule, message, context }: Issue, cause?: unknown): Invalid {
    return new Invalid((add) => add(path, rule, message, context), cause);
  }

  /** The same of a value that is part of another one: paths begin with `parent`. */
  within(parent: string): Invalid {
    return new Invalid((add) => {
      for (const { path, rule, message, context } of this.issues) {
        if (!add(path ? `${parent}.${path}` : parent, rule, message, context)) return;
      }
    }, this.cause);
  }

  /**
   * The same in other words. An issue for which `word` throws, or returns no text, keeps its message; the first error is
   * the cause.
   */
  worded(word: (issue: Issue) => unknown): Invalid {
    let { cause } = this;
    const texts = this.issues.map((issue) => {
      try {
        const text = word(issue);
        if (typeof text === 'string') return text;
        throw new TypeError(`it returned ${text === null ? 'null' : typeof text} instead of a text`);
      } catch (error) {
        cause ??= new Error('the option payload.message failed, so the client read the message as it was', {
          cause: error,
        });
        return issue.message;
      }
    });
    return new Invalid((add) => {
      for (const [index, { path, rule, context }] of this.issues.entries()) {
        if (!add(path, rule, texts[index], context)) return;
      }
    }, cause);
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

/** The issues of a class-validator error tree, in its order, without those at or below the `covered` places. */
export function issuesOf(errors: readonly ValidationError[], covered: ReadonlySet<string> = NONE): IssueSource {
  return (add) => walk(errors, '', covered, add);
}

const NONE: ReadonlySet<string> = new Set();

type Contexts = Readonly<Record<string, unknown>>;

function walk(
  errors: readonly ValidationError[],
  parent: string,
  covered: ReadonlySet<string>,
  add: AddIssue,
): boolean {
  for (const { property: name, constraints, contexts, children } of errors) {
    // An unknown value at the top has no property.
    const property = (name as string | undefined) ?? '';
    const path = shortened(parent && property ? `${parent}.${property}` : parent || property);
    if (covered.has(path)) continue;
    for (const rule in constraints) {
      if (!add(path, rule, constraints[rule], (contexts as Contexts | undefined)?.[rule])) return false;
    }
    if (children && children.length > 0 && !walk(children, path, covered, add)) return false;
  }
  return true;
}

function bounded(source: IssueSource): readonly Issue[] {
  const issues: Issue[] = [];
  let characters = 0;
  source((path, rule, message, context) => {
    const issue = issueOf(shortened(path), shortened(rule), shortened(message), context);
    characters += issue.path.length + issue.rule.length + issue.message.length;
    // A character of a string has three bytes at the most, so few texts need to be measured.
    if (characters * 3 > MAX_ISSUES_BYTES && bytesOf(issues) + bytesOf([issue]) > MAX_ISSUES_BYTES) return false;
    return issues.push(issue) < MAX_ISSUES;
  });
  return issues;
}

/** A context is the server's own constant, not a text of the client, so it has no bound. */
function issueOf(path: string, rule: string, message: string, context: unknown): Issue {
  return context === undefined ? { path, rule, message } : { path, rule, message, context };
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
