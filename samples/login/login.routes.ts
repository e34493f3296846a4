import express, { Router } from 'express';
import type { Namespace } from 'socket.io';
import { sessions } from './sessions.js';
import { isPassword } from './users.js';

/** Signing in and out, with forms that work without a script. */
export function loginRoutes(account: Namespace): Router {
  return Router()
    .use(sessions, express.urlencoded({ extended: false, limit: '1kb' }))
    .post('/login', async (request, response) => {
      const { name, password } = (request.body ?? {}) as Partial<Record<string, unknown>>;
      const isKnown = typeof name === 'string' && typeof password === 'string' && (await isPassword(name, password));
      if (!isKnown) return response.redirect(303, '/?wrong');
      request.session.regenerate(() => {
        request.session.user = name;
        response.redirect(303, '/');
      });
    })
    .post('/logout', (request, response) => {
      account.in(request.sessionID).disconnectSockets();
      request.session.destroy(() => response.redirect(303, '/'));
    });
}
