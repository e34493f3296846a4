/** The session of HTTP, brought to the sockets: the middleware runs for each handshake, as it does for a page. */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import type { Step } from '../../base/boot/report.js';

/** The option `session`: which session of HTTP handlers see, and whether they share it or have a copy. */
export interface SessionOptions {
  /** `session({ … })` of express-session, the very one that the HTTP side uses. */
  readonly middleware: (request: never, response: never, next: (error?: unknown) => void) => unknown;
  /**
   * `live`: handlers see the session that HTTP sees; it is read from the store for each event, and saved if the
   * handler changed it (of two at once the later one wins, as with HTTP). `forked`: each socket has a copy of its own, taken when it connected and never written back.
   */
  readonly mode: 'live' | 'forked';
}

/** The part of express-session's session that is used here. */
export interface StoredSession {
  [key: string]: unknown;
}

export interface LiveSession extends StoredSession {
  save(done: (error?: unknown) => void): void;
}

/** A handshake that the session's middleware has seen. */
export interface SessionRequest extends IncomingMessage {
  session?: LiveSession;
  readonly sessionID?: string;
  readonly sessionStore?: {
    get(id: string, done: (error: unknown, session?: StoredSession | null) => void): void;
    createSession(request: IncomingMessage, session: StoredSession): LiveSession;
  };
}

interface HandshakeState {
  readonly mode: SessionOptions['mode'];
  /** Whether the handshake began the session, so that the store may not know it yet. */
  readonly fresh: boolean;
}

type Request = SessionRequest & { readonly _query?: { readonly sid?: string } };
type Middleware = (request: Request, response: unknown, next: (error?: unknown) => void) => void;

const states = new WeakMap<IncomingMessage, HandshakeState>();

/** Runs the session's middleware for every handshake of an Engine.IO server. */
export function installSession(io: Server, options: SessionOptions | undefined): void {
  if (!options) return;
  const { middleware, mode } = options as { middleware: Middleware; mode: SessionOptions['mode'] };
  io.engine.use(((request, response, next) => {
    if (request._query?.sid !== undefined) return next();
    middleware(request, response, (error) => {
      if (!error && request.session)
        states.set(request, { mode, fresh: Object.keys(copyOf(request.session)).length === 0 });
      next(error);
    });
  }) satisfies Middleware);
}

/** Returns the state of the session of a socket's handshake. */
export function handshakeState(socket: Socket): HandshakeState {
  const state = states.get(socket.request);
  if (state) return state;
  throw new Error(
    "the handshake has no session: its store was not ready, or its cookie's path is not that of Socket.IO",
  );
}

/** The session's data, without its cookie. */
export function copyOf(session: StoredSession): StoredSession {
  const { cookie: _, ...data } = session;
  return JSON.parse(JSON.stringify(data)) as StoredSession;
}

/**
 * Finds the HTTP session that a socket belongs to. Sockets of `/account` that join a room of that name can be cut
 * when the session ends: `io.of('/account').in(request.sessionID).disconnectSockets(true)`.
 * @returns the session's id; `undefined` without a session
 */
export function sessionIdOf(socket: Socket): string | undefined {
  return (socket.request as SessionRequest).sessionID;
}

/** Finds what is wrong with the option. */
export function* checkSession(options: SessionOptions | undefined): Step<void> {
  if (!options) return;
  const where = 'session';
  if (typeof options.middleware !== 'function') {
    yield {
      code: 'session_option',
      where,
      what: 'the middleware is not a function.',
      fix: 'give what session({ … }) returned.',
    };
  }
  if (options.mode !== 'live' && options.mode !== 'forked') {
    yield {
      where,
      code: 'session_option',
      what: `the mode '${String(options.mode)}' is not known.`,
      fix: "write 'live' or 'forked'.",
    };
  }
}
