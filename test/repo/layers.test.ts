import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imports, root, sourceFiles } from './sources.js';

/** From the top down. Whoever stands in one line may import what stands below, and nothing beside it. */
const layers = [
  ['index.ts', 'ambient', 'emitter', 'testing', 'workers'],
  ['app.ts'],
  ['app'],
  ['asking', 'background', 'cluster.ts', 'engine', 'serving', 'session', 'watchdog'],
  ['adapter', 'runtime'],
  ['plan'],
  ['decorators'],
  ['metadata'],
  ['client', 'container.ts', 'payload'],
  [
    'context.ts',
    'emits.ts',
    'errors.ts',
    'limits.ts',
    'log.ts',
    'middleware.ts',
    'reasons.ts',
    'reflect.ts',
    'thenable.ts',
  ],
];

/** The doors of the libraries: who may import them. `*` is everybody. */
const doors: Record<string, RegExp | '*'> = {
  'socket.io': '*',
  'reflect-metadata': /^reflect\.ts$/,
  tsyringe: /^container\.ts$/,
  'class-validator': /^payload\//,
  'class-transformer': /^payload\//,
  pino: /^log\.ts$/,
  'pino-pretty': /^log\.ts$/,
  cookie: /^plan\/sources\.ts$/,
  tinyglobby: /^plan\/load\.ts$/,
  sirv: /^serving\/pages\.ts$/,
  'socket.io-adapter': /^(adapter\/|testing\/memory\/|runtime\/recoverable)/,
  'socket.io-client': /^testing\//,
  redis: /^adapter\/transports\//,
  ioredis: /^adapter\/transports\//,
  pg: /^adapter\/transports\//,
  nats: /^adapter\/transports\//,
  amqplib: /^adapter\/transports\//,
};

const all = imports();

/** The file or folder of `src/` that a file belongs to. */
function unitOf(file: string): string {
  return file.split('/')[0]!;
}

function layerOf(file: string): number {
  return layers.findIndex((layer) => layer.includes(unitOf(file)));
}

test('every source file has its place among the layers', () => {
  const strange = sourceFiles().filter((file) => layerOf(file) < 0);
  assert.deepEqual(strange, [], 'give the file or its folder a line in this test');
});

test('imports point down', () => {
  const wrong = all
    .filter(({ isPackage, typeOnly }) => !isPackage && !typeOnly)
    .filter(({ from, to }) => unitOf(from) !== unitOf(to) && layerOf(from) >= layerOf(to))
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

test('no circle of imports, those of types alone excepted', () => {
  const targets = new Map<string, string[]>();
  for (const { from, to, isPackage, typeOnly } of all) {
    if (!isPackage && !typeOnly) targets.set(from, [...(targets.get(from) ?? []), to]);
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
    ({ from, to, typeOnly }) => from.startsWith('runtime/') && to.startsWith('metadata/') && !typeOnly,
  );
  assert.deepEqual(wrong, []);
});
