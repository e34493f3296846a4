/** The host names that a server answers to: a page of another name that leads here (DNS rebinding) is refused. */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';

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
  if (hosts === undefined) return !listensOnLoopback(request) || host === undefined || isLoopback(host);
  return host !== undefined && hosts.some((each) => matches(nameOf(host), host.toLowerCase(), each.toLowerCase()));
}

/** The last host that was looked at: clients of one machine have the same. */
let last = { host: '', isLoopback: false };

function isLoopback(host: string): boolean {
  if (host !== last.host) last = { host, isLoopback: loopback.test(nameOf(host)) };
  return last.isLoopback;
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

/** By servers, while they listen. */
const onLoopback = new WeakMap<object, boolean>();

function listensOnLoopback({ socket }: IncomingMessage): boolean {
  const { server } = socket as Socket & { readonly server?: Server };
  return server !== undefined && (onLoopback.get(server) ?? askServer(server));
}

/** A server that is asked again when it listens again: each answer costs a system call. */
function askServer(server: Server): boolean {
  const address = server.address?.() as { readonly address?: string } | string | null | undefined;
  const bound = typeof address === 'object' ? address?.address : undefined;
  const verdict = bound !== undefined && loopback.test(bound);
  if (bound !== undefined) {
    onLoopback.set(server, verdict);
    server.once('close', () => onLoopback.delete(server));
  }
  return verdict;
}
