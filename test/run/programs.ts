/** The tests that start programs: the packed package, those of the pages, and the samples. */
import { load, programs } from './load.js';

load((file) => programs.test(file));
