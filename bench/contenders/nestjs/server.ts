/** The server is in `gateways.ts`: what traces NestJS and Socket.IO has to be there before they are loaded. */
import { watch } from '../shared/watch.js';

await watch(() => import('./instrumentation.js'));
await import('./gateways.js');
