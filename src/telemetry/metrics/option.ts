/** The option `metrics`: where the metrics are served, who may read them, and the mistakes that boot finds in it. */
import type { IncomingMessage } from 'node:http';
import type { Step } from '../../base/boot/report.js';
import { checkAllow, isBelow } from '../../server/allowed.js';
import { staticTaking, type StaticFolders } from '../../server/pages.js';

/** Where the metrics are served, and who may read them. */
export interface MetricsOptions {
  /** `/metrics` unless given. */
  readonly path?: string;
  /**
   * Decides about each request: only `true` lets it pass. One that throws, or returns a promise, refuses. Without it, everybody
   * who reaches the port may read the names of your handlers and how busy they are.
   */
  readonly allow?: (request: IncomingMessage) => boolean;
}

/** The option `metrics` of `createApp`: a path, or a path and who may read it. */
export type MetricsOption = string | MetricsOptions;

/** The option with its defaults. */
export interface ResolvedMetrics extends MetricsOptions {
  readonly path: string;
}

/** Returns the option with its defaults; `undefined` if nothing is served. */
export function resolveMetrics(option: MetricsOption | undefined): ResolvedMetrics | undefined {
  if (option === undefined) return undefined;
  return typeof option === 'string' ? { path: option } : { path: '/metrics', ...option };
}

/** The paths of an application that belong to something else. */
interface TakenPaths {
  readonly socketPath: string;
  readonly docsPath: string | undefined;
  readonly static?: StaticFolders;
}

/** Finds a path that no request can have, or that belongs to something else, and an `allow` that is no function. */
export function* checkMetrics(
  option: MetricsOption | undefined,
  { socketPath, docsPath, static: folders }: TakenPaths,
): Step<void> {
  const resolved = resolveMetrics(option);
  if (!resolved) return;
  const { path, allow } = resolved as { readonly path: unknown; readonly allow?: unknown };
  yield* checkAllow('metrics', allow);
  const what =
    pathProblem(path, socketPath.replace(/\/$/, '')) ?? bookProblem(path, docsPath) ?? staticProblem(path, folders);
  if (what) yield { code: 'metrics_path', where: 'metrics', what, fix: "write metrics: '/metrics'." };
}

function bookProblem(path: unknown, docsPath: string | undefined): string | undefined {
  const isTaken = docsPath !== undefined && isBelow(String(path), docsPath);
  return isTaken ? `'${String(path)}' belongs to the option \`docs\`.` : undefined;
}

function staticProblem(path: unknown, folders: StaticFolders | undefined): string | undefined {
  const taken = staticTaking(String(path), folders);
  return taken && `'${String(path)}' belongs to the option \`static\`: ${taken}.`;
}

function pathProblem(path: unknown, sockets: string): string | undefined {
  if (typeof path !== 'string' || !/^(?:\/[\w.~-]*[\w~-])+$/.test(path))
    return `${JSON.stringify(path)} is not a path such as '/metrics'.`;
  return isBelow(path, sockets) || isBelow(sockets, path)
    ? `'${path}' belongs to Socket.IO, whose path is '${sockets}'.`
    : undefined;
}
