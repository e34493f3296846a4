/** `colloquy call`: one event to a running server, its answer, and what the server sends. */
import { CommandError, type Command, type Input, type Terminal } from '../command.js';
import { Signals } from '../signals.js';
import { connect, createSocket, type ConnectOptions, type Socket } from '../socket.js';

export const call: Command = {
  name: 'call',
  summary: 'sends an event to a running server, and prints the answer',
  about:
    'An argument is JSON; a word that is none is sent as text. With --listen it prints every event that the server sends, until it is\n' +
    'stopped with Ctrl-C; without an event it only listens.',
  operands: [
    { name: 'url', help: 'the server: http://localhost:5000', required: true },
    { name: 'namespace', help: 'its namespace: /chat', required: true },
    { name: 'event', help: 'the event, unless it only listens', required: false },
    { name: 'argument', help: 'what is sent with it', required: false, many: true },
  ],
  options: {
    auth: { type: 'string', value: 'json', help: 'the `auth` of the handshake' },
    listen: { type: 'boolean', help: 'prints what the server sends, until it is stopped' },
    timeout: {
      type: 'number',
      value: 'seconds',
      help: 'how long to wait for the connection and the answer; 10 unless given',
    },
    path: { type: 'string', value: 'path', help: 'the path of Engine.IO; /socket.io/ unless given' },
    json: { type: 'boolean', help: 'prints each answer and event as one line of JSON' },
  },
  examples: [
    `colloquy call http://localhost:5000 /chat say '{"text":"hi"}'`,
    `colloquy call http://localhost:5000 /chat --listen --auth '{"token":"…"}'`,
  ],
  failsIf: 'the server cannot be reached, refuses the connection, or answers with an error',
  async run(input, terminal) {
    const request = read(input);
    const socket = await createSocket(request.server);
    if (!input.options['listen']) return exchange(socket, request, input, terminal);
    const signals = new Signals();
    try {
      // Who stops listening has no failure, also while it connects or waits for the answer.
      return await Promise.race([exchange(socket, request, input, terminal), signals.first.then(() => 0)]);
    } finally {
      signals.close();
      socket.disconnect();
    }
  },
};

/** What is asked for. */
interface Request {
  readonly server: ConnectOptions;
  /** None if it only listens. */
  readonly event: string | undefined;
  readonly args: readonly unknown[];
}

function read(input: Input): Request {
  const [url, namespace, event, ...words] = input.operands;
  const { listen, timeout = '10', auth = '{}', path } = input.options;
  if (event === undefined && !listen)
    throw new CommandError('Name an event, or say --listen.\nSee colloquy call --help.', 2);
  const args = words.map((word, index) => argument(word, `argument ${index + 1}`));
  const server: ConnectOptions = {
    url: address(url!),
    namespace: namespace!.startsWith('/') ? namespace! : `/${namespace}`,
    auth: object(auth as string),
    path: path as string | undefined,
    timeout: Number(timeout) * 1000,
  };
  return { server, event, args };
}

async function exchange(socket: Socket, request: Request, input: Input, terminal: Terminal): Promise<number> {
  const { listen } = input.options;
  const { server, event, args } = request;
  try {
    await connect(socket, server);
    if (listen) socket.onAny((name: string, ...values: unknown[]) => show(name, values, input, terminal));
    const code = event === undefined ? 0 : await send(socket, event, args, server.timeout, input, terminal);
    return listen && code === 0 ? await listening(socket) : code;
  } finally {
    socket.disconnect();
  }
}

function address(url: string): string {
  const full = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
  if (URL.canParse(full)) return full;
  throw new CommandError(`${url} is no address of a server: write http://localhost:5000`, 2);
}

/** JSON, or text if it does not look like JSON. */
function argument(word: string, where: string): unknown {
  try {
    return JSON.parse(word);
  } catch (error) {
    if (!/^\s*[{["]/.test(word)) return word;
    throw new CommandError(
      `The ${where} is no JSON: ${(error as Error).message}.\nQuote it for the shell: '{"text":"hi"}'`,
      2,
    );
  }
}

function object(word: string): object {
  const value = argument(word, 'value of --auth');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CommandError(`--auth must be an object: --auth '{"token":"…"}'`, 2);
}

async function send(
  socket: Socket,
  event: string,
  args: readonly unknown[],
  milliseconds: number,
  { options }: Input,
  { print }: Terminal,
): Promise<number> {
  const values = await answer(socket, event, args, milliseconds);
  const isFailure = typeof values[0] === 'object' && values[0] !== null && 'error' in values[0];
  if (options['json']) print(JSON.stringify({ answer: values }));
  else print(values.map((each) => JSON.stringify(each, null, 2)).join('\n') || 'answered, without a value');
  return isFailure ? 1 : 0;
}

function answer(socket: Socket, event: string, args: readonly unknown[], milliseconds: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new CommandError(`${event} was not answered within ${milliseconds / 1000} seconds.`)),
      milliseconds,
    );
    socket.once('disconnect', (reason) => {
      clearTimeout(timer);
      reject(new CommandError(`The server disconnected before it answered: ${reason}.`));
    });
    socket.emit(event, ...args, (...values: unknown[]) => {
      clearTimeout(timer);
      socket.off('disconnect');
      resolve(values.filter((value) => value !== undefined));
    });
  });
}

function show(event: string, values: readonly unknown[], { options }: Input, { print }: Terminal): void {
  if (options['json']) print(JSON.stringify({ event, arguments: values }));
  else print([event, ...values.map((value) => JSON.stringify(value))].join(' '));
}

/** Until the server ends the connection. */
function listening(socket: Socket): Promise<never> {
  return new Promise((_, reject) => {
    socket.once('disconnect', (reason) => reject(new CommandError(`The server disconnected: ${reason}.`)));
  });
}
