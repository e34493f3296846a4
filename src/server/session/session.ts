/** `@Session()`: opened before the handler runs, and saved after it if it must be. */
import type { Socket } from 'socket.io';
import type { EventContext } from '../../base/context.js';
import { isParameterPlacement, type ParameterPlacement } from '../../controllers/decorators/placement.js';
import { createParamDecorator, type ParameterMark } from '../../controllers/decorators/params.js';
import type { Step } from '../../base/boot/report.js';
import { metadataOf } from '../../controllers/metadata/store.js';
import type { Next } from '../../base/middleware.js';
import type { ControllerFacts } from '../../controllers/scan/facts.js';
import {
  copyOf,
  handshakeState,
  type LiveSession,
  type SessionRequest,
  type StoredSession,
} from './session-options.js';

/**
 * The HTTP session of the caller, as the option `session` of `createApp` shares it. In the mode `live` it is
 * express-session's own object, saved after the handler if it was changed; of a session that has ended since the
 * handshake it is an empty object that is not kept. In the mode `forked` it is the socket's own copy.
 */
export const Session: ParameterMark = ((...args: unknown[]) => {
  if (isParameterPlacement(args)) return record(args);
  return (...placement: ParameterPlacement) => record(placement);
}) as ParameterMark;

function record(placement: ParameterPlacement): void {
  const [target, method] = placement;
  fromSession(...placement);
  if (method !== undefined) metadataOf(target).uses.push({ method, middleware: [session] });
}

const fromSession = createParamDecorator((context) => opened.get(context), 'Session')();

const opened = new WeakMap<EventContext, StoredSession>();
/** The handshakes whose session the store has had. */
const saved = new WeakSet<SessionRequest>();
const copies = new WeakMap<Socket, StoredSession>();

/** The middleware that `@Session()` puts around its method. */
function session(context: EventContext, next: Next): unknown {
  const { socket } = context;
  if (handshakeState(socket).mode === 'live') return useLive(context, next);
  opened.set(context, copies.get(socket) ?? fork(socket));
  return next();
}

function fork(socket: Socket): StoredSession {
  const copy = copyOf((socket.request as SessionRequest).session!);
  copies.set(socket, copy);
  return copy;
}

async function useLive(context: EventContext, next: Next): Promise<unknown> {
  const request = context.socket.request as SessionRequest;
  const live = await load(request, handshakeState(context.socket).fresh);
  opened.set(context, live ?? {});
  if (!live) return next();
  const before = textOf(live);
  try {
    return await next();
  } finally {
    if (request.session && textOf(live) !== before) await save(request, live);
  }
}

/** The session as the store has it now; `undefined` if it has ended. */
async function load(request: SessionRequest, fresh: boolean): Promise<LiveSession | undefined> {
  const { sessionStore: store, sessionID: id } = request;
  const data = await new Promise<StoredSession | null | undefined>((resolve, reject) => {
    store!.get(id!, (error, found) => (isFailure(error) ? reject(error as Error) : resolve(found)));
  });
  if (data) {
    saved.add(request);
    return store!.createSession(request, data);
  }
  const begun = request.session;
  return fresh && begun && !saved.has(request) ? begun : undefined;
}

/** A store of files says in this way that there is no such session. */
function isFailure(error: unknown): boolean {
  return Boolean(error) && (error as NodeJS.ErrnoException).code !== 'ENOENT';
}

function save(request: SessionRequest, live: LiveSession): Promise<void> {
  saved.add(request);
  return new Promise((resolve, reject) => live.save((error) => (error ? reject(error as Error) : resolve())));
}

function textOf(live: StoredSession): string {
  return JSON.stringify(copyOf(live));
}

/** Finds handlers that take a session, for an application that has none. */
export function* checkSessionUse(controllers: readonly ControllerFacts[]): Step<void> {
  for (const { label, uses } of controllers.flatMap(({ handlers }) => handlers)) {
    if (!uses.includes(session)) continue;
    yield {
      where: label,
      code: 'no_session',
      what: '@Session() has no session to give: the application shares none.',
      fix: "give createApp the option session: { middleware: session({ … }), mode: 'live' }.",
    };
  }
}
