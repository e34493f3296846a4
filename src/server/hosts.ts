/** The host names that a server answers to: a page of another name that leads here (DNS rebinding) is refused. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The option `hosts`; `undefined` stands for the default. */
export type AllowedHosts = readonly string[] | undefined;

/** The names of this machine for itself. */
const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/;

/**
 * Whether the `Host` of a request is allowed. With `hosts`, the listed names, `*.example.com` for all below one. Without it, a
 * server that listens on a loopback address answers to loopback names only, any other one to every name.
 */
export function isHostAllowed(request: IncomingMessage, hosts: AllowedHosts): boolean {
  const { host } = request.headers;
  if (hosts === undefined) return !listensOnLoopback(request) || host === undefined || loopback.test(nameOf(host));
  return host !== undefined && hosts.some((each) => matches(nameOf(host), host.toLowerCase(), each.toLowerCase()));
}

function matches(name: string, host: string, allowed: string): boolean {
  if (allowed === '*') return true;
  if (allowed.startsWith('*.')) return name.endsWith(allowed.slice(1));
  return allowed === name || allowed === host;
}

/** The name without its port, in lower case. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

function listensOnLoopback({ socket }: IncomingMessage): boolean {
  const { server } = socket as Socket & { readonly server?: { address?(): unknown } };
  const address = server?.address?.() as { readonly address?: string } | string | null | undefined;
  const bound = typeof address === 'object' ? address?.address : undefined;
  return bound !== undefined && loopback.test(bound);
}
