/** One session for a browser, whether it sends a request or opens a socket. */
import { randomBytes } from 'node:crypto';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { createParamDecorator } from 'colloquy';
import type { Request, Response } from 'express';
import session, { type Session, type SessionData } from 'express-session';
import type { Socket } from 'socket.io';

declare module 'express-session' {
  interface SessionData {
    user: string;
    /** How often a page of this session has connected. */
    visits: number;
  }
}

type BrowserSession = Session & Partial<SessionData>;

/** What Express uses, and sockets too. The cookie is signed; scripts cannot read it, other sites cannot send it along. */
export const sessions = session({
  secret: process.env.SESSION_SECRET ?? randomBytes(32).toString('hex'),
  resave: false,
  saveUninitialized: false,
  cookie: { httpOnly: true, sameSite: 'lax' },
});

/** The session that the cookie of a socket's handshake names; found once, then kept with the handshake. */
export async function sessionOf(socket: Socket): Promise<BrowserSession> {
  const request = socket.request as IncomingMessage as Request;
  await new Promise<void>((resolve, reject) => {
    sessions(request, new ServerResponse(request) as Response, (error?: unknown) =>
      error instanceof Error ? reject(error) : resolve(),
    );
  });
  return request.session;
}

/** Gives a handler the browser's session. */
export const CurrentSession = createParamDecorator(({ socket }) => sessionOf(socket), 'CurrentSession');

/** The room of all sockets of one session, so that signing out reaches every window. */
export function roomOf({ id }: { readonly id: string }): string {
  return `session:${id}`;
}

/** Writes the session back, for Express and for the next socket. */
export function save(browserSession: Session): Promise<void> {
  return new Promise((resolve, reject) => {
    browserSession.save((error: unknown) => (error instanceof Error ? reject(error) : resolve()));
  });
}
