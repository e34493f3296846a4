/** The users' test kit: `colloquy/testing`. */
export { createTestApp } from './app.js';
export { createTestCluster } from './cluster.js';
export type { TestCluster } from './cluster.js';
export type { TestApp, TestAppOptions } from './app.js';
export type { WaitOptions } from './activity.js';
export type { TestClient } from './client.js';
export { CallError } from '../client/index.js';
export { ConnectError } from './connect-error.js';
export type { Received } from './inbox.js';
export type { Override } from './isolation.js';
export type { LogEntry } from './logs.js';
export type { ConnectOptions } from './memory/index.js';
export { fakeContext } from './fake-context.js';
export type { FakeContextOptions } from './fake-context.js';
export { fakeSocket } from './fake-socket.js';
export type { Emission, FakeRecord, FakeSocket, FakeSocketOptions } from './fake-socket.js';
