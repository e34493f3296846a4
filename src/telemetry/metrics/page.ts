/** The metrics over HTTP: one path, for those who may read it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counters } from '../../base/counters.js';
import type { Logger } from '../../base/log.js';
import { allowed } from '../../server/allowed.js';
import type { Front } from '../../server/front.js';
import { isHostAllowed, type AllowedHosts } from '../../server/hosts.js';
import type { ResolvedMetrics } from './option.js';
import { CONTENT_TYPE } from './text.js';

export interface MetricsPageParts extends ResolvedMetrics {
  readonly hosts: AllowedHosts;
  readonly log: Logger;
  readonly counters: Counters;
  readonly text: () => string;
}

/** Returns the handler that answers the path of the metrics, and nothing else. */
export function metricsPage(parts: MetricsPageParts): Front {
  const isAllowed = allowed('metrics.allow', 'the page of the metrics', parts);
  return (request, response) => {
    if (request.url?.split(/[?#]/, 1)[0] !== parts.path) return false;
    if (!isHostAllowed(request, parts.hosts)) end(response, 403, 'Host not allowed\n');
    else if (!isAllowed(request)) end(response, 403, 'Not allowed\n');
    else if (request.method === 'GET' || request.method === 'HEAD') answer(request, response, parts);
    else end(response, 405, 'Only GET and HEAD\n', { allow: 'GET, HEAD' });
    return true;
  };
}

function answer({ method }: IncomingMessage, response: ServerResponse, { text, log }: MetricsPageParts): void {
  try {
    const body = text();
    const headers = { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' };
    end(response, 200, body, headers, method === 'HEAD');
  } catch (err) {
    log.error({ err }, 'the metrics could not be written');
    end(response, 500, 'Internal error\n');
  }
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
  isBare = false,
): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': length, ...headers });
  response.end(isBare ? '' : text);
}
