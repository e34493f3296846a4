/** The tests of the command, of the contract with its page, and of new projects. */
import { commands, load } from './load.js';

load((file) => commands.test(file));
