import { boot } from './boot.js';
import { connections } from './connections.js';
import { fanout } from './fanout.js';
import { handlers } from './handlers.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import type { Measure } from './measure.js';
import { besideDtos, echoes, orders, rejections, says, sliding } from './messages.js';
import { plans } from './plans.js';
import { watched, watchedParts } from './watched.js';

/** Everything that `npm run bench` measures, in the order of the tables. */
export const allMeasures: Measure[] = [
  echoes,
  says,
  orders,
  sliding,
  rejections,
  besideDtos,
  plans,
  memory,
  latency,
  fanout,
  connections,
  handlers,
  watched,
  watchedParts,
  boot,
];
