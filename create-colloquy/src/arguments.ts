/** The command line. */
import { parseArgs } from 'node:util';
import { choose, didYouMean, runners, templates, UsageError, type Wishes } from './choices.js';

/** What the command line asks for. */
export interface Arguments {
  readonly wishes: Wishes;
  /** Nothing is asked: what is missing takes its default. */
  readonly yes: boolean;
  readonly install: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const options = {
  template: { type: 'string', short: 't' },
  runner: { type: 'string', short: 'r' },
  yes: { type: 'boolean', short: 'y' },
  'no-install': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export const usage = `npm create colloquy@latest [folder] -- [flags]

  -t, --template  ${Object.entries(templates)
    .map(([name, text]) => `${name.padEnd(8)} ${text}`)
    .join('\n                  ')}
  -r, --runner    ${Object.keys(runners).join(', ')}
  -y, --yes       asks nothing: what is not given takes its default
      --no-install
  -h, --help
  -v, --version`;

const AFTER_DASHES = 'npm keeps flags for itself unless they stand after `--`';

/**
 * Reads the arguments after the program's name.
 *
 * @param env npm sets `npm_config_template` if it took `--template` for itself
 * @throws UsageError that says how to write it
 */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Arguments {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string | undefined>();
  const folders: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') folders.push(token.value);
    if (token.kind !== 'option') continue;
    checkFlag(token.name, token.rawName, token.value);
    values.set(token.name, token.value);
  }
  const [folder, extra] = folders;
  if (extra !== undefined) {
    throw new UsageError(`'${extra}' is one argument too many. If it is the value of a flag: ${AFTER_DASHES}:
  npm create colloquy@latest ${folder} -- --template chat`);
  }
  const [template, runner] = [values.get('template'), values.get('runner')];
  for (const name of ['template', 'runner'] as const) {
    if (env[`npm_config_${name}`] && !values.has(name))
      throw new UsageError(`--${name} did not arrive: ${AFTER_DASHES}.`);
  }
  return {
    wishes: {
      ...(folder === undefined ? {} : { folder }),
      ...(template === undefined ? {} : { template: choose('the template', template, templates) }),
      ...(runner === undefined ? {} : { runner: choose('the runner', runner, runners) }),
    },
    yes: values.has('yes'),
    install: !values.has('no-install'),
    help: values.has('help'),
    version: values.has('version'),
  };
}

function checkFlag(name: string, raw: string, value: string | undefined): void {
  if (!Object.hasOwn(options, name)) {
    const known = Object.keys(options).map((each) => `--${each}`);
    throw new UsageError(`${raw} is not a flag.${didYouMean(`--${name}`, known) || ' --help lists the flags.'}`);
  }
  const { type } = options[name as keyof typeof options];
  if (type === 'string' && !value) throw new UsageError(`${raw} needs a value, such as ${raw} ${example[name]}.`);
  if (type === 'boolean' && value !== undefined) throw new UsageError(`${raw} takes no value.`);
}

const example: Readonly<Record<string, string>> = { template: 'chat', runner: 'vitest' };
