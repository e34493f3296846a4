/** Only listed origins connect, on every transport: browsers do not apply CORS to WebSocket, so the server does. */
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';

type AllowRequest = NonNullable<ServerOptions['allowRequest']>;
type Cors = ServerOptions['cors'];
type Verdict = (allowed: boolean) => void;

/**
 * Joins the check of the origin with the application's own `allowRequest`. Without `cors`, only pages of the server's
 * own host connect; programs that send no `Origin` are no pages and pass.
 */
export function guardOrigins(cors: Cors | undefined, allowRequest: AllowRequest | undefined): AllowRequest {
  return (request, decide) => {
    checkOrigin(request, cors, (allowed) => {
      if (!allowed) decide('origin not allowed', false);
      else if (allowRequest) allowRequest(request, decide);
      else decide(null, true);
    });
  };
}

/**
 * Begins no session while the server closes. The client meets a failed transport and tries again, elsewhere perhaps; a
 * refusal of a namespace would be final. Sessions that have begun go on.
 */
export function guardSessions(isClosing: () => boolean, allowRequest: AllowRequest): AllowRequest {
  return (request, decide) => {
    if (isClosing()) decide('the server is closing', false);
    else allowRequest(request, decide);
  };
}

function checkOrigin(request: IncomingMessage, cors: Cors | undefined, verdict: Verdict): void {
  const { origin, host } = request.headers;
  if (origin === undefined || (host !== undefined && hostOf(origin) === host.toLowerCase())) return verdict(true);
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
