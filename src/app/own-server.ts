/** A Socket.IO server of the user's own: it was made with options of its own, so others beside it would do nothing. */
import type { ServerOptions } from 'socket.io';
import type { Step } from '../base/boot/report.js';
import type { SetupProblem } from '../base/errors.js';
import type { Limits } from '../base/limits.js';
import { serverProblem } from '../controllers/scan/copied-classes.js';
import { foreignOptions } from './option-names.js';
import type { AppOptions } from './options.js';

/** The limits that Socket.IO keeps, under its own names. */
const keptLimits = { payload: 'maxHttpBufferSize', joinTime: 'connectTimeout' } as const satisfies Partial<
  Record<keyof Limits, keyof ServerOptions>
>;

/** Finds what is said in vain beside `io`: a check that silently does not hold is worse than none. */
export function* checkOwnServer(options: AppOptions): Step<void> {
  if (!options.io) return;
  const copy = serverProblem(options.io);
  if (copy) yield copy;
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && name in foreignOptions) yield inVain(name, name);
  }
  if (options.engine === 'eiows') yield inVain('engine', 'wsEngine');
  for (const [limit, name] of Object.entries(keptLimits)) {
    if (options.limits?.[limit as keyof typeof keptLimits] !== undefined) yield inVain(`limits.${limit}`, name);
  }
}

function inVain(where: string, option: string): SetupProblem {
  return {
    where,
    code: 'own_server_option',
    what: 'it does not hold for the server of your own that is given as `io`.',
    fix: `write new Server({ ${option}: … }) where that is made, and leave it out here.`,
  };
}
