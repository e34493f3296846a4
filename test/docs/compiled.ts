/** All pages, compiled once for all tests. */
import { compilePages } from './page.js';

export const pages = ['from-flask-socketio', 'from-socket-controllers', 'from-nestjs'] as const;

let said: string | undefined;

/** What the compiler says; nothing where all is well. */
export function compileOnce(): string {
  return (said ??= compilePages(pages));
}
