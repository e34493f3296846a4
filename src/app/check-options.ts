/** Options that do not exist, or have the wrong kind: what would be ignored without a word is a mistake. */
import { inspect } from 'node:util';
import { isSwitchable, type CheckLevels, type Step } from '../base/boot/report.js';
import { bootErrors, switchableChecks } from '../base/boot-errors.js';
import { unknownOption } from '../base/boot/unknown-option.js';
import { isBoolean, isFunction, isList, isRecord, isText, oneOf } from '../base/boot/kinds.js';
import type { SetupProblem } from '../base/errors.js';
import { foreignOptions, ownOptions, type OptionKind } from './option-names.js';
import { payloadKeys, transformKeys, validatorKeys } from '../payload/index.js';
import type { AppOptions } from './options.js';

const isLogger = (value: unknown): boolean =>
  value === false || ['debug', 'info', 'warn', 'error'].every((name) => isFunction(Object(value)[name]));

/** The kinds of options that another check does not look at, with what is expected. */
const kinds: Readonly<Record<string, OptionKind>> = {
  ...foreignOptions,
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
  logger: [isLogger, 'a logger or false', 'give a pino logger, an object with debug, info, warn and error, or false.'],
  watchdog: [
    (value) => isBoolean(value) || typeof value === 'number' || isRecord(value),
    'true, false or milliseconds',
    'write watchdog: true, or the milliseconds that a turn may take.',
  ],
  container: [
    (value) => isFunction((Object(value) as { resolve?: unknown }).resolve),
    'a container of tsyringe',
    'write container: container.createChildContainer().',
  ],
  static: [
    (value) => isText(value) || isList(value) || isRecord(value),
    'a folder, or folders by their paths',
    "write static: 'public', or static: { '/assets': 'dist/assets' }.",
  ],
  cwd: [isText, 'a path', 'write cwd: import.meta.dirname.'],
  'payload.shape': [oneOf('declared', 'library'), "'declared' or 'library'", "write shape: 'library'."],
  'payload.message': [isFunction, 'a function', 'write message: (issue, context) => ….'],
  'payload.validator': [isRecord, 'an object', 'write validator: { whitelist: false }.'],
  'payload.transform': [isRecord, 'an object', 'write transform: { enableImplicitConversion: true }.'],
  fastLane: [isBoolean, 'true or false', 'write fastLane: false to leave every packet to Socket.IO.'],
  debug: [isBoolean, 'true or false', 'write debug: true in development only.'],
};

/** Keys of options that are objects of our own. */
const nested: Readonly<Record<string, readonly string[]>> = {
  payload: payloadKeys,
  'payload.validator': validatorKeys,
  'payload.transform': transformKeys,
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
    else yield* checkOption(name, value);
  }
}

function* checkOption(name: string, value: unknown): Step<void> {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind && !kind[0](value)) yield wrongKind(name, value, kind[1], kind[2]);
  if (!Object.hasOwn(nested, name) || !isRecord(value)) return;
  const keys = nested[name]!.map((key) => `${name}.${key}`);
  for (const [part, inner] of Object.entries(value as object)) {
    const key = `${name}.${part}`;
    if (inner === undefined) continue;
    if (!keys.includes(key)) yield unknownOption(key, keys);
    else yield* checkOption(key, inner);
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

function wrongKind(name: string, value: unknown, expected: string, fix: string): SetupProblem {
  return { code: 'option_kind', where: name, what: `received ${describe(value)}, expected ${expected}.`, fix };
}

/** Texts are not shown: they may be secret. */
function describe(value: unknown): string {
  if (value === null || typeof value === 'number' || isBoolean(value)) return String(value);
  if (isList(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
