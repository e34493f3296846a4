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

/** Takes one more issue; `false` where there is no room for further ones. */
export type AddIssue = (path: string, rule: string, message: unknown) => boolean;

/** Names issues, in their order, until one is not taken. */
export type IssueSource = (add: AddIssue) => void;

/**
 * The result of a plan for a value that broke its rules. It is returned, never thrown, and builds no stack. The issues
 * are put together when somebody reads them, and are bounded whatever the client sent.
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
  static of({ path, rule, message }: Issue, cause?: unknown): Invalid {
    return new Invalid((add) => add(path, rule, message), cause);
  }

  /** The same of a value that is part of another one: paths begin with `parent`. */
  within(parent: string): Invalid {
    return new Invalid((add) => {
      for (const { path, rule, message } of this.issues) {
        if (!add(path ? `${parent}.${path}` : parent, rule, message)) return;
      }
    }, this.cause);
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

function walk(
  errors: readonly ValidationError[],
  parent: string,
  covered: ReadonlySet<string>,
  add: AddIssue,
): boolean {
  for (const { property: name, constraints, children } of errors) {
    // An unknown value at the top has no property.
    const property = (name as string | undefined) ?? '';
    const path = shortened(parent && property ? `${parent}.${property}` : parent || property);
    if (covered.has(path)) continue;
    for (const rule in constraints) if (!add(path, rule, constraints[rule])) return false;
    if (children && children.length > 0 && !walk(children, path, covered, add)) return false;
  }
  return true;
}

function bounded(source: IssueSource): readonly Issue[] {
  const issues: Issue[] = [];
  let characters = 0;
  source((path, rule, message) => {
    const issue = { path: shortened(path), rule: shortened(rule), message: shortened(message) };
    characters += issue.path.length + issue.rule.length + issue.message.length;
    // A character of a string has three bytes at the most, so few texts need to be measured.
    if (characters * 3 > MAX_ISSUES_BYTES && bytesOf(issues) + bytesOf([issue]) > MAX_ISSUES_BYTES) return false;
    return issues.push(issue) < MAX_ISSUES;
  });
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
