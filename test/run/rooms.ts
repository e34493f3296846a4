/** The tests of the rooms that run in this process, and of the repository. */
import { cluster, commands, load, programs } from './load.js';

load((file) => ![cluster, commands, programs].some((others) => others.test(file)));
