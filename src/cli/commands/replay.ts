/** `colloquy replay`: sends a recording to the program in the test kit, and says where it answers in another way. */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { entriesUntil, type Dump } from '../../telemetry/recorder/dump.js';
import { readDump } from '../../telemetry/recorder/read-dump.js';
import type { Replay } from '../../telemetry/recorder/replay.js';
import { formatReplay, writeTest } from '../../telemetry/recorder/report.js';
import { CommandError, type Command, type Input, type Terminal } from '../command.js';
import { writeResult } from '../output/file.js';
import { Classes } from '../sources/classes.js';
import { existing } from '../program/find-main.js';
import { globbed } from '../sources/globbed.js';
import { inspect, mainOperand, programOptions, type Inspected } from '../program/inspect.js';
import { sourcesFrom } from '../sources/imports.js';

export const replay: Command = {
  name: 'replay',
  summary: 'sends the calls of a recording to the program, and says where it answers in another way',
  about:
    'The recording is what `app.recorder.dump()` returned, or a file that a signal or a crash wrote. Its calls pass the whole\n' +
    'pipeline, without a port and without a broker; **the handlers really run**, with the database that the program names.',
  operands: [{ name: 'dump', help: 'the recording: dump.json', required: true }, mainOperand],
  options: {
    socket: { type: 'string', value: 'id', help: 'only the calls of this socket' },
    call: { type: 'string', value: 'id', help: "only the calls of this failed call's socket, until it failed" },
    test: {
      type: 'string',
      value: 'file',
      help: 'writes a test of node:test with these calls and their recorded answers',
    },
    json: { type: 'boolean', help: 'prints the differences as JSON' },
    ...programOptions,
  },
  examples: [
    'colloquy replay dump.json src/main.ts',
    'colloquy replay dump.json --call 5f0c… --test test/orders.test.ts',
  ],
  failsIf: 'a call ends in another way than it was recorded, or the program makes no application',
  async run(input, terminal) {
    const [file, main] = input.operands;
    const dump = narrowed(read(file!, terminal), input);
    const socket = input.options['socket'] as string | undefined;
    const program = await inspect(main, input, terminal, { dump, ...(socket === undefined ? {} : { socket }) });
    const { replay: result } = program;
    if (!result) throw new CommandError('The recording could not be replayed; the reason is above.');
    terminal.print(input.options['json'] ? JSON.stringify(result, null, 2) : formatReplay(result));
    if (input.options['test'] !== undefined) await write(dump, result, program, input, terminal);
    return result.differences.length === 0 ? 0 : 1;
  },
};

function read(named: string, { cwd }: Terminal): Dump {
  const path = existing(named, cwd);
  try {
    return readDump(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${named} is no recording: ${(error as Error).message}`, 2);
  }
}

/** The entries of a failed call's socket until then. */
function narrowed(dump: Dump, { options }: Input): Dump {
  const { call } = options;
  if (call === undefined) return dump;
  const entries = entriesUntil(dump.entries, call as string);
  if (!entries) throw new CommandError(`The recording has no call ${String(call)}.`, 2);
  return { ...dump, entries };
}

async function write(dump: Dump, result: Replay, program: Inspected, input: Input, terminal: Terminal): Promise<void> {
  const output = input.options['test'] as string;
  const code = await optionsFor(program, dirname(resolve(terminal.cwd, output)));
  writeResult(writeTest(dump, result, code), { ...input, options: { output } }, terminal);
}

/** The code that names the controllers of the program, as far as their classes are exported. */
async function optionsFor({ main, application }: Inspected, folder: string): Promise<string> {
  const classes = new Classes(sourcesFrom([main, ...(await globbed(application))]));
  const handlers = application.rows.filter(({ kind }) => kind !== 'background' && kind !== 'emission');
  const names = [...new Set(handlers.map(({ handler }) => handler.split('.')[0]!))];
  const found = names.map((name) => ({ name, places: classes.find(name).filter(({ exportedAs }) => exportedAs) }));
  const known = found.filter(({ places }) => places.length === 1);
  const missing = found.filter(({ places }) => places.length !== 1).map(({ name }) => name);
  const imports = known.map(({ name, places: [place] }) => {
    const from = relative(folder, place!.file)
      .split(sep)
      .join('/')
      .replace(/\.([cm]?)[jt]sx?$/, '.$1js');
    const path = from.startsWith('.') ? from : `./${from}`;
    const { exportedAs } = place!;
    const clause =
      exportedAs === 'default' ? name : exportedAs === name ? `{ ${name} }` : `{ ${exportedAs} as ${name} }`;
    return `import ${clause} from '${path}';`;
  });
  return [
    ...imports,
    '',
    '// Add what the program gives createApp besides: services, emits, use.',
    ...(missing.length > 0 ? [`// Not exported, or not a class: ${missing.join(', ')}.`] : []),
    `const options = { controllers: [${known.map(({ name }) => name).join(', ')}] };`,
  ].join('\n');
}
