export { MemoryNetwork } from './network.js';
export type { AttachableServer, ConnectOptions } from './network.js';
export { Traffic } from './traffic.js';
