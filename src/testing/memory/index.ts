export { MemoryNetwork } from './network.js';
export type { AttachableServer, ConnectOptions } from './network.js';
export { MemoryCluster } from './cluster.js';
export { Traffic } from './traffic.js';
