import { randomBytes } from 'node:crypto';
import session from 'express-session';

declare module 'express-session' {
  interface SessionData {
    user: string;
    /** How often a page of this session has connected. */
    visits: number;
  }
}

/** One for requests and sockets. The cookie is signed; scripts cannot read it, other sites cannot send it along. */
export const sessions = session({
  secret: process.env.SESSION_SECRET ?? randomBytes(32).toString('hex'),
  resave: false,
  saveUninitialized: false,
  cookie: { httpOnly: true, sameSite: 'lax' },
});
