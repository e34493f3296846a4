/** All commands, in the order of the help. */
import type { Command } from '../command.js';
import { asyncapi } from './asyncapi.js';
import { contract } from './contract.js';
import { diff } from './diff.js';
import { replay } from './replay.js';
import { routes } from './routes.js';
import { schemas } from './schemas.js';
import { types } from './types.js';

export const commands: readonly Command[] = [routes, types, contract, diff, asyncapi, schemas, replay];
