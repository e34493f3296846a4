/** Ordinary requests, beside the sockets: files first, then the user's own listener. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import sirv from 'sirv';
import type { SetupProblem } from '../base/errors.js';

/** Folders whose files are served: one, several, or each by the path that it is served under. */
export type StaticFolders = string | readonly string[] | Readonly<Record<string, string>>;

/** What is served beside the sockets, on the same port. */
export interface HttpOptions {
  /** Answers ordinary requests: an Express application, `koa.callback()`, any request listener. */
  readonly http?: RequestListener;
  /**
   * A folder whose files are served, several of which the first that has the file serves it, or folders by the paths that
   * they are served under, `{ '/': 'public', '/assets': 'dist/assets' }`. What none of them has goes to `http`.
   */
  readonly static?: StaticFolders;
}

/** Serves a request, or hands it on. */
type Serve = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Finds paths that no request can have. */
export function checkStatic(folders: StaticFolders | undefined, problems: SetupProblem[]): void {
  const wrong = mountsOf(folders).find(([path]) => !path.startsWith('/'));
  if (!wrong) return;
  const [path] = wrong;
  problems.push({
    code: 'static_path',
    where: 'static',
    what: `'${path}' does not begin with '/'.`,
    fix: `write '/${path}'.`,
  });
}

export function requestListener({ http = notFound, static: folders }: HttpOptions): RequestListener {
  const serve = mountsOf(folders).map(([path, folder]) => mounted(path.replace(/\/+$/, ''), folder));
  if (serve.length === 0) return http;
  return (request, response) => {
    const from = (index: number): void => {
      const each = serve[index];
      if (each) each(request, response, () => from(index + 1));
      else http(request, response);
    };
    from(isHidden(request.url ?? '') ? serve.length : 0);
  };
}

function mountsOf(folders: StaticFolders = []): (readonly [path: string, folder: string])[] {
  if (typeof folders === 'string') return [['/', folders]];
  return isList(folders) ? folders.map((folder) => ['/', folder] as const) : Object.entries(folders);
}

function isList(folders: object): folders is readonly string[] {
  return Array.isArray(folders);
}

/** Serves a folder under a path: below it the file is looked for, and elsewhere the request is as it came. */
function mounted(path: string, folder: string): Serve {
  const serve = sirv(folder, { dev: true, etag: true });
  if (path === '') return serve;
  return (request, response, next) => {
    const { url = '' } = request;
    const rest = url.slice(path.length);
    if (!url.startsWith(path) || !/^(?:[/?]|$)/.test(rest)) return next();
    const restored = (): void => void (request.url = url);
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    serve(request, response, () => {
      restored();
      next();
    });
    restored();
  };
}

/** Files whose names begin with a dot, such as `.env`, are nobody's pages. */
function isHidden(url: string): boolean {
  try {
    return /[/\\]\.(?!well-known[/\\])/.test(decodeURIComponent(url.split(/[?#]/, 1)[0]!));
  } catch {
    return true;
  }
}

const notFound: RequestListener = (_request, response) => {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
};
