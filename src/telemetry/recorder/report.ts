/** A replay in words, and as a test. */
import type { Dump, RecordedCall } from './dump.js';
import { revive } from './fields.js';
import type { Difference, Replay } from './replay.js';

/** Says what was sent, and where the answers differ. */
export function formatReplay({ calls, skipped, madeUp, differences }: Replay): string {
  const lines = [`${count(calls.length, 'call was', 'calls were')} sent, ${differences.length} ended in another way.`];
  if (skipped.length > 0)
    lines.push(
      `${count(skipped.length, 'call', 'calls')} cannot be made to happen again: ${[...new Set(skipped.map(endOf))].join(', ')}.`,
    );
  if (madeUp > 0)
    lines.push(
      `${count(madeUp, 'value was', 'values were')} not recorded; others of their kind and length were sent: see \`recorder.fields\`.`,
    );
  return [...lines, ...differences.map(formatDifference)].join('\n');
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function formatDifference({ recorded, replayed }: Difference): string {
  const { namespace, event, id } = recorded;
  const now = replayed ? `${endOf(replayed)} ${answerOf(replayed)}` : 'the client was not let in';
  return `\n${namespace} ${event} (${id})\n  recorded: ${endOf(recorded)} ${answerOf(recorded)}\n  replayed: ${now}`;
}

function endOf({ outcome: { kind, code } }: RecordedCall): string {
  return code === undefined ? kind : `${kind} (${code})`;
}

function answerOf({ answer }: RecordedCall): string {
  return answer === undefined ? '' : JSON.stringify(answer);
}

/**
 * Writes a test that sends the calls of one socket, and expects the answers that were recorded.
 * @param program the code that makes `controllers` and the like known to it: how to get the options of the application
 */
export function writeTest(dump: Dump, { calls }: Pick<Replay, 'calls'>, program: string): string {
  const sockets = [...new Set(calls.map(({ socket }) => socket))];
  const names = new Map(sockets.map((socket, index) => [socket, `client${index + 1}`]));
  const connected = sockets.map((socket) => connection(dump, socket, names.get(socket)!, calls));
  return [
    `/** Written by \`colloquy replay --test\` from a recording of ${dump.at}. */`,
    "import assert from 'node:assert/strict';",
    "import { test } from 'node:test';",
    "import { createTestApp } from 'colloquy/testing';",
    program,
    '',
    "test('the recorded calls end as they did', async (t) => {",
    '  const app = await createTestApp(options);',
    '  t.after(() => app.close());',
    ...connected,
    ...calls.map((call) => statement(call, names.get(call.socket)!)),
    '});',
    '',
  ].join('\n');
}

function connection(dump: Dump, socket: string, name: string, calls: readonly RecordedCall[]): string {
  const handshake = dump.entries.find((entry) => entry.socket === socket && 'auth' in entry);
  const auth =
    handshake && 'auth' in handshake && handshake.auth !== undefined ? revive([handshake.auth]).values[0] : {};
  const { namespace } = calls.find((call) => call.socket === socket)!;
  const options = Object.keys(Object(auth) as object).length > 0 ? `, { auth: ${code(auth)} }` : '';
  return `  const ${name} = await app.connect(${code(namespace)}${options});`;
}

function statement({ event, args, asks, outcome, answer }: RecordedCall, client: string): string {
  const words = [event, ...revive(args).values].map(code).join(', ');
  if (!asks) return `  ${client}.emit(${words});\n  await app.settled();`;
  if (outcome.code !== undefined)
    return `  await assert.rejects(${client}.call(${words}), { code: ${code(outcome.code)} });`;
  const isKnown = !JSON.stringify(answer ?? []).includes('"~hidden"');
  if (!isKnown || (answer?.length ?? 0) > 1) return `  await ${client}.call(${words});`;
  return `  assert.deepEqual(await ${client}.call(${words}), ${code(revive(answer ?? []).values[0])});`;
}

function code(value: unknown): string {
  if (value instanceof Uint8Array) return `Buffer.from('${Buffer.from(value).toString('base64')}', 'base64')`;
  if (Array.isArray(value)) return `[${value.map(code).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${code(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A key of an object literal; `__proto__: x` would be its prototype. */
function keyOf(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
