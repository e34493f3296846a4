/**
 * Which WebSocket engine a server runs on, and why.
 */
import { lookupBase } from '../../base/packages/optional.js';
import { createRequire } from 'node:module';
import type { Server, ServerOptions } from 'socket.io';
import { writeOncePerTurn } from './corked.js';

/**
 * `ws`: Engine.IO's own, as it is. `corked`: the same, one write per turn of the event loop ({@link writeOncePerTurn}).
 * `eiows`: the npm package of that name, in C++, in place of `ws`.
 */
export type EngineName = 'ws' | 'corked' | 'eiows';
/** `auto` takes `eiows` if it is installed, else `corked`. */
export type EngineOption = EngineName | 'auto';

export interface Engine {
  /** The engine in use; final once `attach` has returned. */
  readonly name: EngineName;
  /** One sentence that says why, for logs. */
  readonly reason: string;
  /** To be spread into Socket.IO's options. */
  readonly serverOptions: Pick<Partial<ServerOptions>, 'wsEngine'>;
  /** To be called with `io.engine` as soon as Socket.IO is attached to its HTTP server, once for each. */
  attach(engine: Server['engine']): void;
}

const BY_NAME = 'asked for by name';
const OPTIONS: readonly EngineOption[] = ['auto', 'corked', 'ws', 'eiows'];

/** The `Server` of eiows, or why there is none. */
function loadEiows(from: string | URL): { Server: unknown } | { problem: string; cause?: unknown } {
  const require = createRequire(from);
  try {
    require.resolve('eiows');
  } catch (cause) {
    return { problem: 'eiows is not installed', cause };
  }
  try {
    const { Server } = require('eiows') as { Server?: unknown };
    return typeof Server === 'function' ? { Server } : { problem: 'eiows is installed, but it exports no Server' };
  } catch (cause) {
    return { problem: `eiows is installed, but does not load on Node.js ${process.version}`, cause };
  }
}

const stock = (reason: string): Engine => ({ name: 'ws', reason, serverOptions: {}, attach() {} });

const eiows = (Server: unknown, reason: string): Engine => ({
  name: 'eiows',
  reason,
  serverOptions: { wsEngine: Server },
  attach() {},
});

function corked(reason: string): Engine {
  const chosen = {
    name: 'corked' as EngineName,
    reason,
    serverOptions: {},
    attach(engine: Server['engine']) {
      const problem = writeOncePerTurn(engine);
      if (problem === undefined) return;
      chosen.name = 'ws';
      chosen.reason = `one write per turn is off: ${problem}`;
    },
  };
  return chosen;
}

/**
 * Chooses the engine. `from` is the file or folder URL from which `eiows` is looked up.
 *
 * @throws Error if the option is none of the known names, or if `eiows` is asked for by name and cannot be had; the message says what to install.
 */
export function chooseEngine(option: EngineOption = 'auto', from: string | URL = lookupBase(import.meta.url)): Engine {
  if (!OPTIONS.includes(option)) {
    throw new Error(`engine: '${String(option)}' must be one of ${OPTIONS.map((name) => `'${name}'`).join(', ')}`);
  }
  if (option === 'ws') return stock(BY_NAME);
  if (option === 'corked') return corked(BY_NAME);
  const loaded = loadEiows(from);
  if ('Server' in loaded) return eiows(loaded.Server, option === 'auto' ? 'eiows is installed' : BY_NAME);
  if (option === 'auto') return corked(loaded.problem);
  throw new Error(`engine: 'eiows' was asked for, but ${loaded.problem}: npm install eiows`, { cause: loaded.cause });
}
