/** Ordinary requests, beside the sockets: files first, then the user's own listener. Nothing that a request does is thrown. */
import { realpath, stat } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join, resolve, sep } from 'node:path';
import type { Step } from '../base/boot/report.js';
import type { Logger } from '../base/log.js';
import { isThenable, promiseOf } from '../base/thenable.js';
import { isBelow } from './allowed.js';
import { isHostAllowed, type AllowedHosts } from './hosts.js';

/** Folders whose files are served: one, several, or each by the path that it is served under. */
export type StaticFolders = string | readonly string[] | Readonly<Record<string, string>>;

/** The pages beside the sockets, on the same port. */
export interface HttpOptions {
  /** Answers ordinary requests: an Express application, `koa.callback()`, any request listener. */
  readonly http?: RequestListener;
  /**
   * A folder whose files are served, several of which the first that has the file serves it, or folders by the paths that
   * they are served under, `{ '/': 'public', '/assets': 'dist/assets' }`. Requests for other files go to `http`.
   */
  readonly static?: StaticFolders;
  /**
   * The host names that pages and sockets answer to, `['example.com', '*.example.com']`. By default, all; on a loopback
   * address, only names of this machine, so that no foreign page can lead its visitors here (DNS rebinding).
   */
  readonly hosts?: readonly string[];
}

/** Serves a request, or hands it on. */
type Serve = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Finds paths that no request can have, and folders that are not there. */
export function* checkStatic(folders: StaticFolders | undefined): Step<void> {
  for (const [path, folder] of mountsOf(folders)) {
    if (!path.startsWith('/')) {
      yield {
        code: 'static_path',
        where: 'static',
        what: `'${path}' does not begin with '/'.`,
        fix: `write '/${path}'.`,
      };
    } else if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      yield {
        code: 'static_folder',
        where: 'static',
        what: existsSync(folder) ? `${resolve(folder)} is no folder.` : `the folder ${resolve(folder)} is not there.`,
        fix: 'correct the path; a relative one starts from the folder that the process was started in.',
      };
    }
  }
}

/** Returns the listener for all requests that are not Socket.IO's. */
export function requestListener(options: HttpOptions, hosts: AllowedHosts, log: Logger): RequestListener {
  const { http = notFound, static: folders } = options;
  const serve = mountsOf(folders).map(([path, folder]) => mounted(path.replace(/\/+$/, ''), folder, log));
  const last = contained(http, log);
  return (request, response) => {
    if (!isHostAllowed(request, hosts)) return end(response, 403, 'Host not allowed');
    const from = (index: number): void => {
      const each = serve[index];
      if (each) each(request, response, () => from(index + 1));
      else last(request, response);
    };
    from(0);
  };
}

/** The user's listener may throw, or return a promise that rejects: the request is answered, and the process goes on. */
function contained(listener: RequestListener, log: Logger): RequestListener {
  return (request, response) => {
    const failed = (err: unknown): void => {
      log.error({ err, method: request.method, path: pathOf(request)?.slice(0, 200) }, 'the option `http` failed');
      end(response, 500, 'Internal error');
    };
    try {
      const result: unknown = (listener as (...values: unknown[]) => unknown)(request, response);
      if (isThenable(result)) promiseOf(result).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

/** Returns what of the folders has a path, or lies below it, if anything does; the path has no slash at its end. */
export function staticTaking(path: string, folders: StaticFolders | undefined): string | undefined {
  for (const [mount, folder] of mountsOf(folders)) {
    const taken = takenBy(path, mount.replace(/\/+$/, ''), folder);
    if (taken) return taken;
  }
  return undefined;
}

function takenBy(path: string, mount: string, folder: string): string | undefined {
  if (mount !== '' && isBelow(mount, path)) return `'${mount}' is a folder of it`;
  if (!isBelow(path, mount)) return undefined;
  const inside = path.slice(mount.length);
  const files = inside === '' ? ['index.html'] : [inside, `${inside}.html`];
  const found = files.map((file) => join(resolve(folder), file)).find((file) => existsSync(file));
  return found && `there is ${found}`;
}

/** The folders with the paths that they are served under. */
export function mountsOf(folders: StaticFolders = []): (readonly [path: string, folder: string])[] {
  if (typeof folders === 'string') return [['/', folders]];
  return isList(folders) ? folders.map((folder) => ['/', folder] as const) : Object.entries(folders);
}

function isList(folders: object): folders is readonly string[] {
  return Array.isArray(folders);
}

/** Serves the files of a folder under a path; requests for anything else go on. */
function mounted(mount: string, folder: string, log: Logger): Serve {
  const root = resolve(folder);
  return (request, response, next) => {
    const path = pathOf(request);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || path === undefined || !(path === mount || path.startsWith(`${mount}/`))) return next();
    findFile(root, path.slice(mount.length)).then(
      (found) => {
        if (found === undefined) return next();
        if (found === 'folder') return redirect(response, `${path}/`, request.url ?? '');
        stream(request, response, found, next, log).catch((err: unknown) => {
          log.error({ err, path: path.slice(0, 200) }, 'a page could not be read');
          end(response, 500, 'Internal error');
        });
      },
      () => next(),
    );
  };
}

/** The decoded path of a request; `undefined` if it is not one. */
function pathOf({ url = '' }: IncomingMessage): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0]!);
    return path.startsWith('/') && !path.includes('\0') ? path : undefined;
  } catch {
    return undefined;
  }
}

interface FoundFile {
  readonly root: string;
  /** Relative to the root, with slashes. */
  readonly path: string;
}

/** Files and folders whose names begin with a dot, such as `.env`, are not pages. */
const hidden = /[/\\]\.(?!well-known(?:[/\\]|$))/;

/**
 * Finds the file for a path: itself, with `.html`, or the `index.html` of a folder. A link that leads out of the root is not
 * followed. `folder` if the path needs a slash at its end.
 */
async function findFile(root: string, path: string): Promise<FoundFile | 'folder' | undefined> {
  if (hidden.test(path) || path.includes('\\') || path.split('/').includes('..')) return undefined;
  const realRoot = await realpath(root);
  const inside = async (relative: string): Promise<'file' | 'folder' | undefined> => {
    try {
      const real = await realpath(join(root, relative));
      if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) return undefined;
      const found = await stat(real);
      return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : undefined;
    } catch {
      return undefined;
    }
  };
  const isFolder = path === '' || path.endsWith('/');
  if (!isFolder) {
    const kind = await inside(path);
    if (kind === 'file') return { root, path };
    if ((await inside(`${path}.html`)) === 'file') return { root, path: `${path}.html` };
    if (kind === 'folder' && (await inside(`${path}/index.html`)) === 'file') return 'folder';
    return undefined;
  }
  const index = `${path.replace(/\/+$/, '')}/index.html`;
  return (await inside(index)) === 'file' ? { root, path: index } : undefined;
}

/** Sends the browser to the folder itself, so that relative links on its page work. */
function redirect(response: ServerResponse, path: string, url: string): void {
  const query = /\?[^#]*/.exec(url)?.[0] ?? '';
  const location = `${encodeURI(path).replace(/^\/+/, '/')}${query}`;
  response.writeHead(301, { location, 'content-length': 0 }).end();
}

/**
 * Streams the file: ranges, conditions and types are the library's, which is loaded for the first of them; its errors are answered
 * here.
 */
async function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { root, path }: FoundFile,
  next: () => void,
  log: Logger,
): Promise<void> {
  const { default: send } = await import('send');
  send(request, encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23'), {
    root,
    dotfiles: 'allow',
    cacheControl: false,
  })
    .on('headers', (headers: ServerResponse) => headers.setHeader('Cache-Control', 'no-cache'))
    .on('directory', () => next())
    .on('error', (error: Error & { readonly status?: number }) => {
      const { status = 500 } = error;
      if (status === 404 && !response.headersSent) return next();
      if (status >= 500) log.error({ err: error, path: path.slice(0, 200) }, 'a page could not be read');
      if (status === 416) response.setHeader('Content-Range', `bytes */${sizeIn(error)}`);
      end(response, status, status >= 500 ? 'Internal error' : 'Not possible');
    })
    .pipe(response);
}

function sizeIn(error: Error): string {
  const { headers } = error as { headers?: Record<string, string> };
  return /\d+$/.exec(headers?.['Content-Range'] ?? '')?.[0] ?? '*';
}

function end(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
}

const notFound: RequestListener = (_request, response) => end(response, 404, 'Not found');
