/** The tests of several processes: they wait more than they compute, so that they run beside the others. */
import { load } from './load.js';

load((file) => file.startsWith('cluster/'));
