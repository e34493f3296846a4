/**
 * V8 gives objects with the same properties one hidden class (https://v8.dev/docs/hidden-classes), by which code finds the properties at
 * once. With two objects of Node.js's own it does not, which costs each event and each connection: docs/decisions/connections.md.
 */
import { AsyncResource } from 'node:async_hooks';
import { Socket } from 'node:net';

/** As many calls of a function as V8 makes before it notes what the function is called with, and some more. */
const NOTED_CALLS = 64;

/** V8 12 has mended what {@link copyOneByOne} goes around. */
const V8_OF_NODE_22 = 12;

/** What {@link keepTicks} keeps. */
let kept: object | undefined;

/** Has V8 keep the hidden classes of Node.js's objects; once for the process, before clients come. */
export function keepHiddenClasses(): void {
  if (kept) return;
  kept = keepTicks();
  if (parseInt(process.versions.v8, 10) < V8_OF_NODE_22) copyOneByOne();
}

/**
 * `process.nextTick` makes an object for each call. If V8 collects garbage while there is none, it collects its class too; the next one
 * gets a new class, and from then on each call takes 0.3 µs more, for as long as the process lives. So one such object is kept.
 */
function keepTicks(): object {
  const symbols = Object.getOwnPropertySymbols(new AsyncResource('colloquy'));
  const tick: Record<symbol, unknown> = {};
  for (const name of ['async_id_symbol', 'trigger_async_id_symbol']) {
    const symbol = symbols.find(({ description }) => description === name);
    // No small integer: Node.js counts with floating-point numbers, which have a class of their own.
    if (symbol) tick[symbol] = 0.5;
  }
  return Object.assign(tick, { callback() {}, args: undefined });
}

/**
 * A TCP socket copies its options, and adds some. V8 11 has a quick way to copy, but gives each such copy a new class when something
 * is added: 8 µs for each socket. The slow way takes 0.5. V8 takes it once it has seen options that cannot be copied quickly.
 */
function copyOneByOne(): void {
  for (let calls = 0; calls < NOTED_CALLS; calls++) new Socket(Object.create(null) as object);
}
