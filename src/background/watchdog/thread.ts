/**
 * Runs in a thread of its own. Asks the main thread whether it is there; if no answer comes, it looks through the
 * inspector at what runs there. Nothing is measured while the event loop is free.
 */
import { writeSync } from 'node:fs';
import { Session, type Debugger } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import type { Frame, FromThread, ThreadOptions } from './messages.js';

const main = parentPort!;
const { time } = workerData as ThreadOptions;
/** Milliseconds after which the main thread is not expected to tell of it itself. */
const HOPELESS = 5_000;
const DEEPEST = 50;

let asked = 0;
let answered = true;
let stack: Frame[] | undefined;
let told = false;

main.on('message', () => {
  answered = true;
  if (stack) say({ ms: Date.now() - asked, stack });
  stack = undefined;
  told = false;
});

setInterval(
  () => {
    const waited = Date.now() - asked;
    if (answered) ask();
    else if (waited >= time && !stack) look();
    else if (waited >= HOPELESS && stack && !told) cry(stack);
  },
  Math.max(time / 4, 1),
);

function ask(): void {
  answered = false;
  asked = Date.now();
  say('are you there?');
}

function say(message: FromThread): void {
  main.postMessage(message);
}

/** Interrupts the main thread for the moment that it takes to read its stack. */
function look(): void {
  stack = [];
  const files = new Map<string, string>();
  const session = new Session();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  session.once('Debugger.paused', ({ params }) => {
    session.post('Debugger.resume');
    session.disconnect();
    stack = params.callFrames.slice(0, DEEPEST).map((frame) => frameOf(frame, files));
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

function frameOf({ this: self, functionName, location }: Debugger.CallFrame, files: Map<string, string>): Frame {
  const name = functionName || '(anonymous)';
  const owner = self.className;
  return {
    name: owner === undefined || owner === 'Object' ? name : `${owner}.${name}`,
    at: `${files.get(location.scriptId) ?? '(unknown)'}:${location.lineNumber + 1}`,
  };
}

/** An endless loop keeps the main thread, its logger and its streams from ever saying anything. */
function cry(frames: readonly Frame[]): void {
  told = true;
  const where = frames.slice(0, 3).map(({ name, at }) => `${name} (${at})`);
  writeSync(2, `The event loop has been blocked for ${HOPELESS} ms by ${where.join(', called by ')}\n`);
}
