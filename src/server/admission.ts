/** Decides who may begin a session: origin, host and address are checked before anything of a client is kept. */
import type { IncomingMessage } from 'node:http';
import type { Server, ServerOptions } from 'socket.io';
import { connectionChannel } from '../base/channels/index.js';
import type { ConnectionOutcome } from '../base/channels/messages.js';
import type { Counters, CountedKind } from '../base/counters.js';
import type { Logger } from '../base/log.js';
import { isThenable, promiseOf } from '../base/thenable.js';
import { observeRefusal } from '../connections/observing/observed-connection.js';
import type { Addresses } from './addresses.js';
import { isHostAllowed, type AllowedHosts } from './hosts.js';
import { checkOrigin } from './origins.js';

type AllowRequest = NonNullable<ServerOptions['allowRequest']>;

export interface Admission {
  /** The server that is asked for; it is made after its options. */
  readonly server: () => Server;
  readonly cors: ServerOptions['cors'] | undefined;
  /** The user's own check, after ours. */
  readonly allowRequest: AllowRequest | undefined;
  readonly hosts: AllowedHosts;
  readonly addresses: Addresses;
  readonly isClosing: () => boolean;
  readonly counters: Counters;
  readonly log: Logger;
}

/** Returns the `allowRequest` for Socket.IO, which asks it once for each new session, on every transport. */
export function admission(parts: Admission): AllowRequest {
  const { allowRequest, hosts, addresses, isClosing, counters, log } = parts;
  return (request, decide) => {
    const refused = (code: CountedKind, more?: Partial<ConnectionOutcome>): void => {
      counters.count(code);
      if (connectionChannel.hasSubscribers) {
        const outcome = { kind: 'refused', code, ...limitOf[code], ...more } as const;
        observeRefusal({ io: parts.server(), request, log }, outcome);
      }
    };
    const refuse = (kind: CountedKind, reason: string): void => {
      refused(kind);
      decide(reason, false);
    };
    // A refusal of a namespace would be final; after a failed transport a client tries again, elsewhere perhaps.
    if (isClosing()) return refuse('closing', 'the server is closing');
    if (!isHostAllowed(request, hosts)) return refuse('host', 'host not allowed');
    checkOrigin(request, parts.cors, (isAllowed) => {
      if (!isAllowed) return refuse('origin', 'origin not allowed');
      const limit = addresses.refusal(request);
      if (limit) return refuse(limit, 'too many connections');
      const finish = (error: string | null | undefined, success: boolean): void => {
        if (success) addresses.reserve(request);
        else refused('allow_request');
        decide(error, success);
      };
      if (!allowRequest) return finish(null, true);
      askUser(allowRequest, request, finish, (err) => {
        log.error({ err }, 'the option `allowRequest` failed; the client was refused');
        refused('allow_request', { kind: 'failed', error: err });
        decide('refused', false);
      });
    });
  };
}

/** The limits behind refusals, by the codes of those. */
const limitOf: Readonly<Partial<Record<CountedKind, Pick<ConnectionOutcome, 'limit'>>>> = {
  address_limit: { limit: 'connectionsPerAddress' },
  connection_rate: { limit: 'connectionRate' },
};

/** A check of the user's own may throw, or return a promise that rejects: the client is then refused, once. */
function askUser(
  allowRequest: AllowRequest,
  request: IncomingMessage,
  decide: (error: string | null | undefined, success: boolean) => void,
  failed: (error: unknown) => void,
): void {
  let isDecided = false;
  const once = (work: () => void): void => {
    if (isDecided) return;
    isDecided = true;
    work();
  };
  try {
    const result: unknown = allowRequest(request, (error, success) => once(() => decide(error, success)));
    if (isThenable(result)) promiseOf(result).catch((error: unknown) => once(() => failed(error)));
  } catch (error) {
    once(() => failed(error));
  }
}
