/** Options for Socket.IO and its engine, with our defaults and checks. */
import type { Server, ServerOptions } from 'socket.io';
import { chooseEngine, type Engine } from '../server/engine/index.js';
import type { Step } from '../base/boot/report.js';
import { LONGEST_TIME, type Limits } from '../base/limits.js';
import { admission } from '../server/admission.js';
import { containedCors } from '../server/origins.js';
import type { Addresses } from '../server/addresses.js';
import type { AllowedHosts } from '../server/hosts.js';
import type { Counters } from '../base/counters.js';
import type { Logger } from '../base/log.js';
import type { Calls } from '../connections/calls.js';
import { RecoverableAdapter } from '../connections/recovery/recoverable-adapter.js';
import type { AppOptions } from './options.js';

/** Chooses the WebSocket engine; yields one that cannot be had. A server of the user's own keeps the one it has. */
export function* resolveEngine({ engine: option, io }: AppOptions): Step<Engine> {
  try {
    const isLeftToIt = option === undefined || option === 'auto' || option === 'eiows';
    if (io && isLeftToIt) return Object.assign(chooseEngine('corked'), { reason: 'the server is your own' });
    return chooseEngine(option);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    yield { code: 'engine', where: 'engine', what, fix: "install it, or leave the choice to 'auto'.", cause };
    return chooseEngine('ws');
  }
}

/** No message is longer than a string of V8; eiows counts in 32 bits, and takes `Infinity` for nothing. */
const MOST_BYTES = 2 ** 31 - 1;

/** The parts of an application that its Socket.IO server needs. */
export interface ServerParts {
  readonly limits: Limits;
  readonly calls: Calls;
  readonly counters: Counters;
  readonly addresses: Addresses;
  readonly log: Logger;
}

/** The host names that are allowed: behind a proxy that is trusted, the proxy decides unless names are given. */
export function hostsOf({ hosts, trustProxy }: AppOptions): AllowedHosts {
  return hosts ?? (trustProxy === undefined || trustProxy === false ? undefined : ['*']);
}

/** Socket.IO's own options, with our defaults below them and our checks around them. */
export function serverOptions(options: AppOptions, parts: ServerParts, server: () => Server): Partial<ServerOptions> {
  const { limits, calls, counters, addresses, log } = parts;
  const { connectionStateRecovery: recovery } = options;
  const own = { ...options } as Partial<ServerOptions>;
  delete own.adapter; // the cluster is joined when everything else is right
  return {
    maxHttpBufferSize: Math.min(limits.payload, MOST_BYTES),
    // Socket.IO takes 0 for nothing said.
    connectTimeout: Math.max(1, Math.min(limits.joinTime, LONGEST_TIME)),
    cleanupEmptyChildNamespaces: true,
    ...own,
    ...(options.cors === undefined ? {} : { cors: containedCors(options.cors)! }),
    ...(recovery ? recoveryOptions(recovery) : {}),
    allowRequest: admission({
      server,
      cors: options.cors,
      allowRequest: options.allowRequest,
      hosts: hostsOf(options),
      addresses,
      isClosing: () => calls.closing !== false,
      counters,
      log,
    }),
  };
}

/** The cluster's adapter takes the place of this one. */
function recoveryOptions(recovery: ServerOptions['connectionStateRecovery']): Partial<ServerOptions> {
  return { connectionStateRecovery: { skipMiddlewares: false, ...recovery }, adapter: RecoverableAdapter };
}
