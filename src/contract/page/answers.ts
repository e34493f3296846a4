/** The answers of the event book: their headers allow nothing from other hosts, and no script or style in the page. */
import type { ServerResponse } from 'node:http';

/** Texts of a contract are never read as HTML: browsers that know trusted types refuse it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex',
  'cache-control': 'no-store',
};

/** A body with its type. */
export interface Body {
  readonly type: string;
  readonly text: string | Buffer;
  /** 200 unless given. */
  readonly status?: number;
}

/** Answers with a status and a body; Node.js leaves the body out for HEAD. */
export function answer(
  response: ServerResponse,
  status: number,
  { type, text }: Body,
  more: Readonly<Record<string, string>> = {},
): void {
  const length = { 'content-type': type, 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, { ...headers, ...length, ...more }).end(text);
}

/** A line of plain text. */
export function plain(text: string): Body {
  return { type: 'text/plain; charset=utf-8', text: `${text}\n` };
}
