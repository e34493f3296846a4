import { boot } from './boot.js';
import { connections } from './connections.js';
import { fanout } from './fanout.js';
import { handlers } from './handlers.js';
import { latency } from './latency.js';
import type { Measure } from './measure.js';
import { besideDtos, echoes, rejections, says } from './messages.js';
import { plans } from './plans.js';

/** Everything that `npm run bench` measures, in the order of the tables. */
export const allMeasures: Measure[] = [
  echoes,
  says,
  rejections,
  besideDtos,
  plans,
  latency,
  fanout,
  connections,
  handlers,
  boot,
];
