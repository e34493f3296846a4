/** All commands, in the order of the help. */
import type { Command } from '../command.js';
import { asyncapi } from './asyncapi.js';
import { call } from './call.js';
import { contract } from './contract.js';
import { dev } from './dev.js';
import { diff } from './diff.js';
import { doctor } from './doctor.js';
import { explain } from './explain.js';
import { replay } from './replay.js';
import { routes } from './routes.js';
import { schemas } from './schemas.js';
import { tail } from './tail.js';
import { types } from './types.js';

export const commands: readonly Command[] = [
  dev,
  routes,
  explain,
  types,
  contract,
  diff,
  asyncapi,
  schemas,
  doctor,
  call,
  tail,
  replay,
];
