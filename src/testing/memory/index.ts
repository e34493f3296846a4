export { MemoryNetwork } from './network.js';
export type { AttachableServer, ConnectOptions } from './network.js';
