/** The tests of several processes: they wait more than they compute, so that they run beside the others. */
import { cluster, load } from './load.js';

load((file) => cluster.test(file));
