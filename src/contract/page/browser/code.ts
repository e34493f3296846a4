/** A call that was made on the page, as code: for a client, and as a test. */
import type { EventContract } from '../../contract.js';
import { literal, quote } from './values.js';

/** A call, and its answer if there is one. */
export interface Call {
  /** Where the application is: `http://localhost:5000`. */
  readonly origin: string;
  /** The path of Engine.IO. */
  readonly path: string;
  /** The namespace as it was declared, and as it was connected to. */
  readonly declared: string;
  readonly namespace: string;
  readonly auth: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly event: Pick<EventContract, 'name' | 'class'>;
  readonly args: readonly unknown[];
  readonly wantsAnswer: boolean;
  readonly answer?: Answered | undefined;
}

/** How a call was answered. */
export interface Answered {
  readonly values: readonly unknown[];
  /** The code of the failure, if it is one. */
  readonly code?: string | undefined;
}

/** The call with `colloquy/client`, typed by the file that `colloquy types` writes. */
export function clientCode(call: Call): string {
  const { origin, path, declared, namespace, event, args } = call;
  const options = optionsOf(call, path === '/socket.io' ? {} : { path });
  const name = nameOf(namespace);
  const list = [quote(event.name), ...args.map((each) => literal(each))].join(', ');
  const send = call.wantsAnswer
    ? `const answer = await ${name}.call(${list});\nconsole.log(answer);`
    : `${name}.emit(${list});`;
  return lines(
    `import { connect } from 'colloquy/client';`,
    `import { io } from 'socket.io-client';`,
    "import type { Contract } from './contract.js'; // written by `colloquy types`",
    '',
    `const ${name} = connect<Contract[${quote(declared)}]>(io(${quote(origin + namespace)}${options}));`,
    send,
  );
}

/** The call as a test with `colloquy/testing`, which expects the answer that was given. */
export function testCode(call: Call): string {
  const { namespace, event, args } = call;
  const list = [quote(event.name), ...args.map((each) => literal(each, '  '))].join(', ');
  const controller = event.class ?? 'Controller';
  return lines(
    `import 'reflect-metadata';`,
    `import assert from 'node:assert/strict';`,
    `import { test } from 'node:test';`,
    `import { createTestApp } from 'colloquy/testing';`,
    `import { ${controller} } from './${fileOf(controller)}.js';`,
    '',
    `test(${quote(titleOf(call))}, async (t) => {`,
    `  const app = await createTestApp({ controllers: [${controller}] });`,
    '  t.after(() => app.close());',
    `  const client = await app.connect(${quote(namespace)}${optionsOf(call, {}, '  ')});`,
    expectation(call, list),
    '});',
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function expectation({ wantsAnswer, answer }: Call, list: string): string {
  if (!wantsAnswer) return `  client.emit(${list});\n  await app.settled();`;
  if (!answer) return `  console.log(await client.call(${list}));`;
  if (answer.code !== undefined) {
    return `  await assert.rejects(client.call(${list}), { code: ${quote(answer.code)} });`;
  }
  return `  assert.deepEqual(await client.call(${list}), ${literal(answer.values[0], '  ')});`;
}

function titleOf({ event, answer, wantsAnswer }: Call): string {
  if (!wantsAnswer || !answer) return `${event.name} is handled`;
  return answer.code === undefined ? `${event.name} answers` : `${event.name} is refused with ${answer.code}`;
}

function optionsOf({ auth, query }: Call, more: Readonly<Record<string, unknown>>, indent = ''): string {
  const isEmpty = (value: unknown): boolean => typeof value !== 'object' || Object.keys(value ?? {}).length === 0;
  const options = { ...more, ...(isEmpty(auth) ? {} : { auth }), ...(isEmpty(query) ? {} : { query }) };
  return isEmpty(options) ? '' : `, ${literal(options, indent)}`;
}

/** `/game/7` is called `game`. */
function nameOf(namespace: string): string {
  const [name = ''] = /[A-Za-z]\w*/.exec(namespace) ?? [];
  return reserved.has(name) ? 'socket' : name;
}

const reserved: ReadonlySet<string> = new Set(
  '|io|connect|answer|console|await|async|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|eval|arguments'.split(
    '|',
  ),
);

/** `ChatController` stands in `chat.controller.ts`, by the custom of the samples. */
function fileOf(name: string): string {
  const words = name.replace(/Controller$/, '').replace(/(?<=[a-z\d])(?=[A-Z])/g, '-');
  return `${words.toLowerCase() || 'app'}.controller`;
}
