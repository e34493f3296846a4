/** Several processes as one application: what other rooms use of this one. */
export { AdapterError, type AdapterErrorCode } from './errors.js';
export type { Lease, LeaseOptions } from './bus/nodes/elections.js';
export { openAdapter, openRelay, openSender } from './open.js';
export type {
  AdapterFactory,
  AdapterHealth,
  AdapterLink,
  AdapterOption,
  AdapterOptions,
  AdapterState,
  AdapterStatus,
  ClusterCounts,
} from './types.js';
