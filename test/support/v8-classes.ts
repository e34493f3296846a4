/** The hidden classes that V8 makes in a program of its own, which it writes down one by one. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from './run.js';

/** Has V8 note the place in a program: it notes a class with this property. */
export function mark(name: string): void {
  Object.assign({}, { [name]: true });
}

/** Runs a program; returns what it printed, and the properties for which V8 made a class, in their order. */
export async function classesOf(t: TestContext, program: string, ...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-classes-'));
  t.after(() => rm(folder, { recursive: true }));
  const notes = join(folder, 'v8.log');
  const flags = ['--expose-gc', '--log-maps', '--no-logfile-per-isolate', `--logfile=${notes}`];
  const { code, output } = await run(process.execPath, [...flags, program, ...args], folder);
  assert.equal(code, 0, output);
  const made = (await readFile(notes, 'utf8')).split('\n').filter((line) => line.startsWith('map,Transition,'));
  return { output, classes: made.map((line) => line.split(',').at(-1)!) };
}

/** The classes that were made between two marks, or from one on. */
export function between(classes: readonly string[], from: string, to?: string): string[] {
  const first = classes.indexOf(from);
  const last = to === undefined ? classes.length : classes.indexOf(to);
  assert.ok(first > 0 && last > first, 'V8 wrote down the marks');
  return classes.slice(first + 1, last);
}
