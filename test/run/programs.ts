/** The tests that start programs: the packed package, the command, the pages, the samples. */
import { load, programs } from './load.js';

load((file) => programs.test(file));
