/** `colloquy tail`: what a program under `colloquy dev` receives and answers, live. */
import { connect, type Socket } from 'node:net';
import { relative } from 'node:path';
import { CommandError, type Command, type Input, type Terminal } from '../command.js';
import { findMain } from '../program/find-main.js';
import { mainOperand } from '../program/inspect.js';
import { Signals } from '../signals.js';
import { formatHappening } from '../tail/format.js';
import type { Happening, Hello } from '../tail/happening.js';
import { readLines } from '../tail/lines.js';
import { placeOf } from '../tail/place.js';

export const tail: Command = {
  name: 'tail',
  summary: 'shows what a program under colloquy dev receives, answers and emits, live',
  about:
    'It follows the program that `colloquy dev` runs in another terminal, also when that starts again, until it is stopped with Ctrl-C.\n' +
    'Nothing is told while nobody follows, and no port is opened: the two meet at a socket that only you can open. A program with\n' +
    'NODE_ENV=production tells nothing. Values are shown as they are, passwords too.',
  operands: [mainOperand],
  options: {
    namespace: { type: 'string', value: 'path', help: 'only this namespace: /chat' },
    event: { type: 'string', value: 'name', help: 'only this event, received or emitted' },
    json: { type: 'boolean', help: 'prints each of them as one line of JSON' },
  },
  examples: ['colloquy tail', 'colloquy tail src/main.ts --namespace /chat --event say', 'colloquy tail --json | jq .'],
  failsIf: 'nothing runs under colloquy dev, or that ends',
  async run(input, terminal) {
    const signals = new Signals();
    const main = findMain(input.operands[0], terminal.cwd);
    const name = relative(terminal.cwd, main);
    const socket = connect(placeOf(main));
    try {
      return await Promise.race([follow(socket, name, input, terminal), signals.first.then(() => 0)]);
    } finally {
      signals.close();
      socket.destroy();
    }
  },
};

function follow(socket: Socket, name: string, input: Input, { print }: Terminal): Promise<never> {
  return new Promise((_, reject) => {
    let isOpen = false;
    socket.once('connect', () => {
      isOpen = true;
      socket.write(`${JSON.stringify({ role: 'reader' } satisfies Hello)}\n`);
    });
    readLines(socket, (line) => {
      const happening = JSON.parse(line) as Happening;
      if (isMeant(happening, input)) print(input.options['json'] ? line : formatHappening(happening));
    });
    socket.on('error', () => {});
    socket.once('close', () =>
      reject(
        new CommandError(
          isOpen
            ? `colloquy dev has ended, which ran ${name}.`
            : `${name} does not run under colloquy dev here, or runs with NODE_ENV=production.\n` +
                `Start it in another terminal: npx colloquy dev ${name}`,
        ),
      ),
    );
  });
}

function isMeant(happening: Happening, { options }: Input): boolean {
  if (happening.type === 'dropped' || happening.type === 'started') return true;
  const { namespace, event } = options;
  const own = namespace === undefined || happening.namespace === (namespace as string).replace(/^(?!\/)/, '/');
  return own && (event === undefined || ('event' in happening && happening.event === event));
}
