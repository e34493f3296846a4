/** The network in memory that test applications and their clients share. */
export { MemoryNetwork } from './network.js';
export type { AttachableServer, ConnectOptions } from './network.js';
export { Traffic } from './traffic.js';
