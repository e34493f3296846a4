/** The tests of all rooms but `cluster`. */
import { load } from './load.js';

load((file) => !file.startsWith('cluster/'));
