/** What is public, name by name: to add or to take one is to change this list. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.js';

const words = (text: string): string[] => text.split(/\s+/);

const names: Record<string, string[]> = {
  '.': words(`Ack AdapterError Args Auth Background call callAll CallError ConnectedSocket ConnectionRefused
    Cookie createApp createParamDecorator Data defaultLimits disconnectReasons Emit errorCodes
    EventContext EventError EventName Handshake Header InjectNamespace InvalidAnswer InvalidEmission InvalidPayload Namespace On
    OnAny OnConnect OnDisconnect OnError OnJoin OnLeave OnMessage Param Payload Query Reason
    Recovered reply Room Rooms Session sessionIdOf SetupError Signal sleep SocketId Transport Use`),
  './client': words(`call CallError connect unwrap`),
  './ambient': words(
    `background broadcast call closeRoom context disconnect emit eventName except join leave log namespace rooms send socket to`,
  ),
  './testing': words(`CallError ConnectError createTestApp createTestCluster fakeContext fakeSocket readDump replay`),
  './emitter': words(`AdapterError createEmitter InvalidEmission SetupError`),
  './telemetry': words(`channels logCalls logConnections`),
  './otel': words(`disable enable recordShare`),
  './workers': words(`runWorkers`),
};

interface Manifest {
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly type: string;
}

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** The compiled source of a subpath, as the package will ship it. */
function sourceOf(subpath: string): string {
  const target = exports[subpath];
  assert.ok(target && typeof target === 'object', `${subpath} is an entry point`);
  return join(root, '.build/src', target.default.replace('./dist/', ''));
}

for (const [subpath, expected] of Object.entries(names)) {
  test(`the public names of ${subpath}`, async () => {
    const module = (await import(sourceOf(subpath))) as { disable?: () => void };
    // Importing colloquy/otel switches it on, for the other tests of this process too.
    module.disable?.();
    assert.deepEqual(Object.keys(module).toSorted(), expected.toSorted());
  });
}

test('every entry point is in this list, and its files are there', () => {
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');
  assert.deepEqual(subpaths.toSorted(), Object.keys(names).toSorted());
  for (const subpath of subpaths) assert.ok(existsSync(sourceOf(subpath)), subpath);
});
