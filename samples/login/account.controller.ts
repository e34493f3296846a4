import { EventError, Namespace, On, OnConnect, Session, sessionIdOf, Use, type Middleware } from 'colloquy';
import type { Request } from 'express';
import type { SessionData } from 'express-session';
import { Socket } from 'socket.io';

/** Lets nobody pass who has not signed in. While connecting, that is a refusal; later, the answer to the event. */
const signedIn: Middleware = ({ socket }, next) => {
  const { session } = socket.request as Request;
  if (session.user === undefined) throw new EventError('signed_out', 'Please sign in.');
  return next();
};

@Namespace('/account')
@Use(signedIn)
export class AccountController {
  /** What a handler changes in the session is saved after it. */
  @OnConnect
  async enter(socket: Socket, @Session() session: SessionData) {
    session.visits = (session.visits ?? 0) + 1;
    await socket.join(sessionIdOf(socket)!);
    socket.emit('welcome', { user: session.user, visits: session.visits });
  }

  @On()
  whoami(@Session() session: SessionData) {
    return { user: session.user };
  }
}
