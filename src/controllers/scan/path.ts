/** The paths that a namespace may be declared with, and what a client's path says about them. */

/** The path that stands for every namespace that no other controller declares. */
export const ANY_PATH = '*';

/** The path that clients connect to unless they name one. */
export const MAIN_PATH = '/';

/** The pattern of a path that stands for a family of namespaces, `undefined` for an exact one. */
export function patternOf(path: string | RegExp): RegExp | undefined {
  if (path instanceof RegExp) return path;
  if (path === ANY_PATH) return /^.*$/;
  if (!path.includes(':')) return undefined;
  const source = path
    .split('/')
    .map((part) => (part.startsWith(':') ? `(?<${part.slice(1)}>[^/]+)` : escapeRegExp(part)))
    .join('/');
  return new RegExp(`^${source}$`);
}

/** The order in which declared paths are asked: exact ones, families in the order of their declaration, `*` last. */
export function precedence(path: string | RegExp): number {
  return path === ANY_PATH ? 2 : patternOf(path) ? 1 : 0;
}

/** Returns the problem of a path, if it has one. */
export function pathProblem(path: string | RegExp): string | undefined {
  if (path instanceof RegExp || path === ANY_PATH) return undefined;
  if (typeof path !== 'string') return 'the path is neither a string nor a RegExp.';
  if (!path.startsWith('/')) return `the path '${path}' does not begin with '/'.`;
  const names = path.split('/').filter((part) => part.startsWith(':'));
  const wrong = names.find((name) => !/^:[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined) return `'${wrong}' in the path '${path}' is not a name.`;
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice === undefined ? undefined : `'${twice}' is in the path '${path}' twice.`;
}

/** The named values of a client's path; the numbered groups of a RegExp under `1`, `2`, … */
export function paramsOf(pattern: RegExp | undefined, path: string): Readonly<Record<string, string>> {
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!pattern) return params;
  const match = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(path);
  match?.slice(1).forEach((value, index) => {
    if (value !== undefined) params[String(index + 1)] = value;
  });
  return Object.freeze(Object.assign(params, match?.groups));
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
