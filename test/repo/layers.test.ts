import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { imports, root, sourceFiles } from './sources.js';

/** The rooms from the top down. A room imports only from the rooms below it, types included. */
const rooms = [
  'index.ts',
  'cli',
  'testing',
  'app',
  'contract',
  'telemetry',
  'cluster',
  'server',
  'background',
  'connections',
  'controllers',
  'payload',
  'base',
  'client',
];

/** Most files that stand directly in one folder below `src/`. */
const FILES_PER_FOLDER = 14;

/** The doors of the libraries: who may import them. `*` is everybody. */
const doors: Record<string, RegExp | '*'> = {
  'socket.io': '*',
  'reflect-metadata': /^base\/reflect\.ts$/,
  tsyringe: /^base\/container\.ts$/,
  'class-validator': /^payload\//,
  'class-transformer': /^payload\//,
  pino: /^base\/log\.ts$/,
  'pino-pretty': /^base\/log\.ts$/,
  cookie: /^controllers\/plan\/arguments\/sources\.ts$/,
  tinyglobby: /^controllers\/scan\/glob\.ts$/,
  send: /^server\/pages\.ts$/,
  'proxy-addr': /^server\/addresses\.ts$/,
  'socket.io-adapter': /^(cluster\/|testing\/memory\/|connections\/recovery\/recoverable)/,
  'socket.io-client': /^(testing\/|contract\/page\/browser\/|cli\/socket\.ts$)/,
  redis: /^cluster\/transports\//,
  ioredis: /^cluster\/transports\//,
  pg: /^cluster\/transports\//,
  nats: /^cluster\/transports\//,
  amqplib: /^cluster\/transports\//,
  '@opentelemetry': /^telemetry\/otel\/api\.ts$/,
};

const all = imports();

/** The room of `src/` that a file belongs to. */
function roomOf(file: string): string {
  return file.split('/')[0]!;
}

function floorOf(file: string): number {
  return rooms.indexOf(roomOf(file));
}

test('every source file has its place among the rooms, of which there are at most fourteen', () => {
  const strange = sourceFiles().filter((file) => floorOf(file) < 0);
  assert.deepEqual(strange, [], 'put the file into a room; a new room is a line in this test');
  const entries = readdirSync(join(root, 'src')).filter((entry) => entry !== 'README.md');
  assert.ok(entries.length <= 14, entries.join(', '));
});

test(`no folder holds more than ${FILES_PER_FOLDER} files`, () => {
  const counts = new Map<string, number>();
  for (const file of sourceFiles()) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  assert.deepEqual(
    [...counts].filter(([, count]) => count > FILES_PER_FOLDER),
    [],
  );
});

test('imports point down, those of types included', () => {
  const wrong = all
    .filter(({ isPackage }) => !isPackage)
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) && floorOf(from) >= floorOf(to))
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(wrong, []);
});

test('every import of our own leads to a file', () => {
  const missing = all.filter(({ isPackage, to }) => !isPackage && !existsSync(join(root, 'src', to)));
  assert.deepEqual(missing, []);
  assert.ok(all.length > 200, 'the imports were read');
});

test('one library, one door', () => {
  const wrong = all
    .filter(({ isPackage }) => isPackage)
    .filter(({ from, to }) => {
      const door = doors[to.split('/')[0]!];
      return door === undefined || (door !== '*' && !door.test(from));
    })
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(wrong, []);
});

test('no circle of imports, those of types included', () => {
  const targets = new Map<string, string[]>();
  for (const { from, to, isPackage } of all) {
    if (!isPackage) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' > '));
    if (path.includes(file) || done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});

test('runtime does not read metadata', () => {
  const wrong = all.filter(
    ({ from, to, typeOnly }) => from.startsWith('connections/') && to.startsWith('controllers/metadata/') && !typeOnly,
  );
  assert.deepEqual(wrong, []);
});

test('every source file begins with a sentence that says what it is for', () => {
  const without = sourceFiles().filter((file) => !readFileSync(join(root, 'src', file), 'utf8').startsWith('/**'));
  assert.deepEqual(without, []);
});

test('a check yields the problems that it finds: no function takes a list to add them to', () => {
  const wrong = sourceFiles().flatMap((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    return [...text.matchAll(/\w+\??: (?:\w*Problem\[\]|Array<\w*Problem>)\s*[,)]|\bproblems\.push\(/g)]
      .filter(() => file !== 'base/boot/report.ts')
      .map(([found]) => `${file}: ${found}`);
  });
  assert.deepEqual(wrong, [], 'write a generator, as the scan does: base/boot/report.ts has its type, Step');
});
