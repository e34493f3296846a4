/** The event book over HTTP: one page, its files, and the contract of the running application. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerOptions } from 'socket.io';
import type { Counters } from '../../base/counters.js';
import type { Logger } from '../../base/log.js';
import { allowed } from '../../server/allowed.js';
import type { Front } from '../../server/front.js';
import { isHostAllowed, type AllowedHosts } from '../../server/hosts.js';
import { checkOrigin } from '../../server/origins.js';
import { answer, plain, type Body } from './answers.js';
import type { Book } from './book.js';
import type { ResolvedDocs } from './docs-options.js';

/** The parts of an application that the event book needs. */
export interface EventBookParts extends ResolvedDocs {
  readonly hosts: AllowedHosts;
  readonly cors: ServerOptions['cors'] | undefined;
  readonly log: Logger;
  readonly counters: Counters;
  /** Describes the application as it is now. */
  readonly describe: () => Book;
  /** Returns the recording, or that of one call; absent if nothing is recorded. Throws for a call that is not in it. */
  readonly recording?: (call: string | undefined) => object;
}

/** The files of the page, as `npm run build` writes them. */
const files: Readonly<Record<string, string>> = {
  'page.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** @throws Error if the file is not there: a bundler leaves it out */
function readFile(name: string): Body {
  try {
    return { type: files[name]!, text: readFileSync(new URL(`./assets/${name}`, import.meta.url)) };
  } catch (cause) {
    const fix =
      'Keep colloquy out of the bundle of your program (mark it as external), or leave the option `docs` out.';
    throw new Error(`The files of the event book are not beside its code. ${fix}`, { cause });
  }
}

/** Returns the handler of the page: it answers the page's own paths, and nothing else. */
export function eventBook(parts: EventBookParts): Front {
  const { path, describe, recording, log } = parts;
  const bodies = new Map<string, (query: string) => Body>([[`${path}/book.json`, () => json(describe())]]);
  if (recording) bodies.set(`${path}/recording.json`, (query) => recordingOf(recording, query));
  for (const name of Object.keys(files)) {
    const body = readFile(name);
    bodies.set(name === 'page.html' ? `${path}/` : `${path}/${name}`, () => body);
  }
  const isAllowed = allowed('docs.allow', 'the event book', parts);
  return (request, response) => {
    const [asked = '', query = ''] = request.url?.split(/[?#]/, 2) ?? [];
    const body = bodies.get(asked);
    if (!body && (asked !== path || path === '')) return false;
    const refusal = refusalOf(request, parts, isAllowed);
    if (refusal) answer(response, ...refusal);
    else if (body) contained(response, () => body(query), log);
    else answer(response, 308, plain('The page is below.'), { location: `${path.split('/').pop()}/` });
    return true;
  };
}

type Refusal = readonly [status: number, body: Body, headers?: Readonly<Record<string, string>>];

function refusalOf(
  request: IncomingMessage,
  { hosts, cors }: EventBookParts,
  isAllowed: (request: IncomingMessage) => boolean,
): Refusal | undefined {
  if (!isHostAllowed(request, hosts)) return [403, plain('Host not allowed')];
  if (!isOriginAllowed(request, cors)) return [403, plain('Origin not allowed')];
  if (!isAllowed(request)) return [403, plain('Not allowed')];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead ? undefined : [405, plain('Only GET and HEAD'), { allow: 'GET, HEAD' }];
}

/** The rule of connections; a check that does not answer at once has allowed nothing. */
function isOriginAllowed(request: IncomingMessage, cors: ServerOptions['cors'] | undefined): boolean {
  let isAllowed = false;
  checkOrigin(request, cors, (verdict) => (isAllowed = verdict));
  return isAllowed;
}

function json(value: object): Body {
  return { type: 'application/json; charset=utf-8', text: JSON.stringify(value) };
}

/** The whole recording, or with `call=<id>` what the socket of that call did until then. */
function recordingOf(recording: (call: string | undefined) => object, query: string): Body {
  const call = new URLSearchParams(query).get('call') ?? undefined;
  try {
    return json(recording(call));
  } catch (error) {
    if (call === undefined) throw error;
    return { ...plain('This call is not recorded: it was long ago, or in another process.'), status: 404 };
  }
}

function contained(response: ServerResponse, body: () => Body, log: Logger): void {
  try {
    const made = body();
    answer(response, made.status ?? 200, made);
  } catch (err) {
    log.error({ err }, 'the event book could not be made');
    answer(response, 500, plain('Internal error'));
  }
}
