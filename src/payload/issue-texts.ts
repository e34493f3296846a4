/** The JSON of issues, put together from texts: what a rule writes whatever broke it is made JSON once. */
import type { Issue } from '../base/issue.js';

/** By rule and message, the end of the JSON of an issue; paths come from clients, so they are not kept. */
const endings = new Map<string, Map<string, string>>();
/** So that messages whose constraints change all the time fill no memory. */
const MOST_ENDINGS = 10_000;
let kept = 0;

/** Keeps the JSON of a message that a rule writes again and again. */
export function keepMessage(rule: string, message: string): void {
  const ofRule = endings.get(rule) ?? new Map<string, string>();
  if (kept >= MOST_ENDINGS || ofRule.has(message)) return;
  kept++;
  endings.set(rule, ofRule.set(message, `"rule":${JSON.stringify(rule)},"message":${JSON.stringify(message)}}`));
}

/** What `JSON.stringify` makes of issues; `undefined` if one has a context, which may be anything. */
export function textOfIssues(issues: readonly Issue[]): string | undefined {
  let text = '';
  for (const issue of issues) {
    if (issue.context !== undefined) return undefined;
    const { path, rule, message } = issue;
    const ending = endings.get(rule)?.get(message);
    text += text === '' ? '[' : ',';
    text += ending === undefined ? JSON.stringify(issue) : `{"path":${textOfPath(path)},${ending}`;
  }
  return text === '' ? '[]' : `${text}]`;
}

/** Names and indexes joined with dots stand in JSON as they are. */
const PLAIN_PATH = /^[\w.]*$/;

function textOfPath(path: string): string {
  return PLAIN_PATH.test(path) ? `"${path}"` : JSON.stringify(path);
}
