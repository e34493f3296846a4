import { EventError, Namespace, On, OnConnect, Use, type Middleware } from 'colloquy';
import type { Session, SessionData } from 'express-session';
import { Socket } from 'socket.io';
import { CurrentSession, roomOf, save, sessionOf } from './sessions.js';

/** Lets nobody pass who has not signed in. While connecting, that is a refusal; later, the answer to the event. */
const signedIn: Middleware = async ({ socket }, next) => {
  const { user } = await sessionOf(socket);
  if (user === undefined) throw new EventError('signed_out', 'Please sign in.');
  return next();
};

@Namespace('/account')
@Use(signedIn)
export class AccountController {
  @OnConnect
  async enter(socket: Socket, @CurrentSession() session: Session & SessionData) {
    session.visits = (session.visits ?? 0) + 1;
    await save(session);
    await socket.join(roomOf(session));
    socket.emit('welcome', { user: session.user, visits: session.visits });
  }

  @On()
  whoami(@CurrentSession() session: Session & SessionData) {
    return { user: session.user };
  }
}
