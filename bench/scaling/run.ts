/**
 * Prints the tables of docs/scaling.md.
 *
 *     npx tsc -p bench/scaling && node .build/bench/scaling/run.js
 */
import { tables, written } from './tables.js';

for (const [name, make] of Object.entries(tables)) console.log(written(name, make()));
