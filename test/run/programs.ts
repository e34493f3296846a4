/** The tests that start programs: the packed package, and those of the pages. */
import { load, programs } from './load.js';

load((file) => programs.test(file));
