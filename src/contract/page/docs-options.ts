/** The option `docs`: where the event book is served, who may see it, and the mistakes that boot finds in it. */
import type { IncomingMessage } from 'node:http';
import type { Step } from '../../base/boot/report.js';
import { checkAllow, isBelow } from '../../server/allowed.js';
import { staticTaking, type HttpOptions } from '../../server/pages.js';

/** Where the event book is served, and who may see it. */
export interface DocsOptions {
  /** The path of the page; `/events` unless given. */
  readonly path?: string;
  /**
   * Decides about each request to the page and its files: only `true` lets it pass. One that throws, or returns a promise,
   * refuses. In production (`NODE_ENV`) the page is served only with it.
   */
  readonly allow?: (request: IncomingMessage) => boolean;
}

/** The option `docs` of `createApp`. */
export type DocsOption = boolean | DocsOptions;

const DEFAULT_PATH = '/events';

/** The option with its defaults, without a slash at the end of the path. */
export interface ResolvedDocs extends DocsOptions {
  readonly path: string;
}

/** Returns the option with its defaults; `undefined` if the page is off. */
export function resolveDocs(docs: DocsOption | undefined): ResolvedDocs | undefined {
  if (docs === undefined || docs === false) return undefined;
  const { path = DEFAULT_PATH, ...rest } = docs === true ? {} : docs;
  return { path: path.replace(/\/+$/, ''), ...rest };
}

/** Returns the path of the page, if it is on and its path is one. */
export function docsPathOf(docs: DocsOption | undefined): string | undefined {
  const isText = typeof docs !== 'object' || docs.path === undefined || typeof docs.path === 'string';
  return isText ? resolveDocs(docs)?.path : undefined;
}

/** The options that decide whether the page has a path of its own. */
export interface DocsSurroundings extends HttpOptions {
  readonly docs?: DocsOption;
  /** The path of Socket.IO. */
  readonly socketPath: string;
}

/** Finds a page that production would show to everybody, and a path that is wrong or belongs to something else. */
export function* checkDocs(options: DocsSurroundings): Step<void> {
  const { docs } = options;
  if (docs === undefined || docs === false) return;
  const { path = DEFAULT_PATH, allow }: DocsOptions = docs === true ? {} : docs;
  yield* checkAllow('docs', allow);
  if (allow === undefined && process.env['NODE_ENV'] === 'production') {
    yield {
      code: 'docs_production',
      where: 'docs',
      what: 'NODE_ENV is production, and the event book would be shown to everybody.',
      fix: "say who may see it, docs: { allow: (request) => … }, or write docs: process.env.NODE_ENV !== 'production'.",
    };
  }
  const what = pathProblem(path, options);
  if (what) yield { code: 'docs_path', where: 'docs.path', what, fix: "choose another path: '/event-book'." };
}

function pathProblem(given: unknown, { http, static: folders, socketPath }: DocsSurroundings): string | undefined {
  if (typeof given !== 'string' || !/^\/$|^(?:\/[\w.~-]*[\w~-])+\/?$/.test(given)) {
    return `${JSON.stringify(given)} is not a path such as '/events'.`;
  }
  const path = given.replace(/\/$/, '');
  const sockets = socketPath.replace(/\/$/, '');
  if (isBelow(path, sockets) || (path !== '' && isBelow(sockets, path))) {
    return `'${given}' and the path of Socket.IO, '${socketPath}', are not apart.`;
  }
  if (path === '' && http) return "'/' belongs to the option `http`.";
  const taken = staticTaking(path, folders);
  return taken && `'${given}' belongs to the option \`static\`: ${taken}.`;
}
