/** The tests of the rooms that run in this process, and of the repository. */
import { load, programs } from './load.js';

load((file) => !programs.test(file) && !file.startsWith('cluster/'));
