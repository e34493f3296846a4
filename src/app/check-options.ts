/** Options that do not exist, or have the wrong kind: what would be ignored without a word is a mistake. */
import { inspect } from 'node:util';
import { isSwitchable, type CheckLevels, type Step } from '../base/boot/report.js';
import { bootErrors, switchableChecks } from '../base/boot-errors.js';
import type { SetupProblem } from '../base/errors.js';
import { foreignOptions, ownOptions } from './option-names.js';
import type { AppOptions } from './options.js';

const isList = (value: unknown): boolean => Array.isArray(value);
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isText = (value: unknown): boolean => typeof value === 'string';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string);
const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The kinds of options that another check does not look at, with what is expected. */
const kinds: Readonly<Record<string, readonly [is: (value: unknown) => boolean, expected: string, fix: string]>> = {
  controllers: [isList, 'a list', 'write controllers: [ChatController], or globs: [`src/**/*.controller.ts`].'],
  services: [isList, 'a list of classes', 'write services: [Mailer].'],
  use: [isList, 'a list of middleware', 'write use: [middleware].'],
  hosts: [isList, 'a list of host names', "write hosts: ['example.com']."],
  http: [
    isFunction,
    'a request listener, (request, response) => …',
    'give an Express application, koa.callback(), fastify.routing, or getRequestListener(app.fetch) of Hono.',
  ],
  onError: [isFunction, 'a function', 'write onError: (error, context) => ….'],
  importer: [isFunction, 'a function', 'write importer: (url) => import(url).'],
  payload: [isRecord, 'an object', 'write payload: { validator: {…}, transform: {…} }.'],
  checks: [isRecord, 'an object', "write checks: { no_rules: 'warn' }."],
  unvalidated: [oneOf('refuse', 'warn', 'allow'), "'refuse', 'warn' or 'allow'", "write unvalidated: 'refuse'."],
  limits: [isRecord, 'an object', 'write limits: { eventRate: 100 }.'],
  emits: [isRecord, 'an object', 'write emits: { said: Said }.'],
  name: [isText, 'text', "write name: 'chat'."],
  metrics: [
    (value) => typeof value === 'string' || isRecord(value),
    'a path or an object',
    "write metrics: '/metrics', or metrics: { path: '/metrics', allow: (request) => … }.",
  ],
  recorder: [isRecord, 'an object', "write recorder: { fields: ['room'] }, or recorder: {}."],
  signals: [isBoolean, 'true or false', 'write signals: false to handle them yourself.'],
  printTable: [isBoolean, 'true or false', 'write printTable: false to leave the table out.'],
  docs: [
    (value) => isBoolean(value) || isRecord(value),
    'true, false or an object',
    'write docs: true, or docs: { path: `/events`, allow: (request) => … }.',
  ],
  debug: [isBoolean, 'true or false', 'write debug: true in development only.'],
};

/** Keys of options that are objects of our own. */
const nested: Readonly<Record<string, readonly string[]>> = {
  payload: ['validator', 'transform', 'shape', 'message'],
  metrics: ['path', 'allow'],
  docs: ['path', 'allow'],
  recorder: ['size', 'fields', 'signal', 'crash', 'folder'],
};

/** Finds unknown options, with the name that was probably meant, and options of the wrong kind. */
export function* checkOptionNames(options: object): Step<void> {
  const known = [...Object.keys(ownOptions), ...Object.keys(foreignOptions)];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!known.includes(name)) yield unknownOption(name, known);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind && !kind[0](value)) yield wrongKind(name, value, kind[1], kind[2]);
    else if (Object.hasOwn(nested, name) && isRecord(value)) {
      const keys = nested[name]!.map((key) => `${name}.${key}`);
      const given = Object.keys(value as object).map((key) => `${name}.${key}`);
      for (const key of given) if (!keys.includes(key)) yield unknownOption(key, keys);
    }
  }
}

/** The levels of the checks, as far as they are said rightly. */
export function checkLevels({ checks = {}, unvalidated = 'warn' }: AppOptions): CheckLevels {
  const said = isRecord(checks) ? Object.entries(checks).filter(([, level]) => levels.includes(level)) : [];
  return { ...Object.fromEntries(said), unvalidated: unvalidated === 'allow' ? 'off' : unvalidated };
}

const levels: readonly unknown[] = ['refuse', 'warn', 'off'];

/** Finds checks that do not exist or cannot be switched, and levels that do not exist. */
export function* checkChecks({ checks = {} }: AppOptions): Step<void> {
  for (const [code, level] of isRecord(checks) ? Object.entries(checks) : []) {
    const where = `checks.${code}`;
    if (code === 'unvalidated') {
      const what = 'the option `unvalidated` switches this check.';
      yield { code: 'fixed_check', where, what, fix: `write unvalidated: 'warn' beside \`checks\`.` };
    } else if (code in bootErrors && !isSwitchable(code)) {
      const what = 'this check cannot be switched: the application cannot work with such a mistake.';
      yield {
        code: 'fixed_check',
        where,
        what,
        fix: 'correct the mistake; docs/boot-errors.md has its remedy.',
      };
    } else if (!isSwitchable(code)) {
      const known = Object.keys(switchableChecks).filter((each) => each !== 'unvalidated');
      yield unknownOption(
        where,
        known.map((each) => `checks.${each}`),
        'check',
      );
    } else if (level !== undefined && !levels.includes(level)) {
      const what = `received ${inspect(level)}, expected 'refuse', 'warn' or 'off'.`;
      yield { code: 'option_kind', where, what, fix: `write checks: { ${code}: 'warn' }.` };
    }
  }
}

function unknownOption(name: string, known: readonly string[], kind = 'option'): SetupProblem {
  const meant = closest(name, known);
  return {
    code: 'unknown_option',
    where: name,
    what: `there is no such ${kind}, so it would be ignored.`,
    fix: meant
      ? `did you mean \`${meant}\`?`
      : `take it out; docs/${kind === 'check' ? 'boot-errors' : 'options'}.md lists the ${kind}s.`,
  };
}

function wrongKind(name: string, value: unknown, expected: string, fix: string): SetupProblem {
  const given =
    value === null ? 'null' : isList(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  return { code: 'option_kind', where: name, what: `received ${given}, expected ${expected}.`, fix };
}

/** The known name that differs by few letters, if one does. */
export function closest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((each) => ({ each, distance: distanceOf(name.toLowerCase(), each.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.each : undefined;
}

/** Letters to add, to take or to change: Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
