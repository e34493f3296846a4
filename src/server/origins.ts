/** Only listed origins connect, on every transport: browsers do not apply CORS to WebSocket, so the server does. */
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { isThenable, promiseOf } from '../base/thenable.js';

type Cors = ServerOptions['cors'];
type Verdict = (allowed: boolean) => void;

/**
 * Checks the origin of a request. Without `cors`, only pages of the server's own host connect; programs that send no `Origin`
 * are no pages and pass. A check of the user's own that throws refuses.
 */
export function checkOrigin(request: IncomingMessage, cors: Cors | undefined, verdict: Verdict): void {
  const { origin } = request.headers;
  if (origin === undefined) return verdict(true);
  let isDecided = false;
  const once: Verdict = (allowed) => {
    if (isDecided) return;
    isDecided = true;
    verdict(allowed);
  };
  try {
    decideOrigin(request, origin, containedCors(cors), once);
  } catch {
    once(false);
  }
}

function decideOrigin(request: IncomingMessage, origin: string, cors: Cors | undefined, verdict: Verdict): void {
  const { host } = request.headers;
  if (host !== undefined && hostOf(origin) === host.toLowerCase()) return verdict(true);
  if (typeof cors !== 'function') return matches(origin, cors?.origin, verdict);
  cors(request as never, (error, options) => (error ? verdict(false) : matches(origin, options?.origin, verdict)));
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** The forms that Socket.IO's `cors.origin` takes: a text, `*`, a RegExp, a list, a boolean, a function. */
function matches(origin: string, allowed: unknown, verdict: Verdict): void {
  if (typeof allowed !== 'function') return verdict(isListed(origin, allowed));
  (allowed as (origin: string, done: (error: unknown, allowed?: unknown) => void) => void)(origin, (error, answer) =>
    verdict(!error && isListed(origin, answer)),
  );
}

function isListed(origin: string, allowed: unknown): boolean {
  if (Array.isArray(allowed)) return allowed.some((each) => isListed(origin, each));
  if (allowed instanceof RegExp) return new RegExp(allowed.source, allowed.flags.replace(/[gy]/g, '')).test(origin);
  return allowed === true || allowed === '*' || allowed === origin;
}

/** The option `cors` for Socket.IO, whose own middleware calls the user's functions: one that throws allows nothing. */
export function containedCors(cors: Cors | undefined): Cors | undefined {
  if (typeof cors === 'function') {
    return (request, done) => contained(done, (once) => cors(request, once as never));
  }
  if (typeof cors?.origin !== 'function') return cors;
  const origin = cors.origin as (given: string | undefined, done: Done) => void;
  return { ...cors, origin: (given, done) => contained(done as Done, (once) => origin(given, once)) };
}

type Done = (error: Error | null, answer?: never) => void;

/** Hands on the first answer; a function that throws, or whose promise rejects, has allowed nothing. */
function contained(done: Done, ask: (once: Done) => unknown): void {
  let isDone = false;
  const once: Done = (error, answer) => {
    if (isDone) return;
    isDone = true;
    done(error, answer);
  };
  const refuse = (): void => once(null, false as never);
  try {
    const result = ask(once);
    if (isThenable(result)) promiseOf(result).catch(refuse);
  } catch {
    refuse();
  }
}
