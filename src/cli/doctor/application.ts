/** Checks the application itself: payloads, origins, proxies, transports. */
import type { Contract } from '../../contract/contract.js';
import type { ApplicationReport } from '../program/report.js';
import type { Settings } from '../program/settings.js';
import { advice, ok, problem, type Finding } from './finding.js';

export function checkApplication({ contract, rows, settings }: ApplicationReport): Finding[] {
  return [
    checkPayloads(contract),
    checkCompiled(rows),
    checkOrigins(settings),
    checkProxy(settings),
    ...checkTransports(settings),
    ...(settings.debug ? [debugging] : []),
  ];
}

function checkPayloads({ namespaces }: Contract): Finding {
  const open = namespaces.flatMap(({ path, events, any }) =>
    [...events, ...(any ? [any] : [])].flatMap(({ name, arguments: list, rest }) => [
      ...list
        .filter(
          ({ source, type, each }) => source === 'argument' && (type === 'unknown' || (type === 'array' && !each)),
        )
        .map(({ position }) => `${path} ${name}, argument ${position + 1}`),
      ...(rest ? [`${path} ${name}, @Args`] : []),
    ]),
  );
  if (open.length === 0) return ok('payloads', 'every argument is validated');
  return advice(
    'payloads',
    `not validated: ${open.slice(0, 10).join('; ')}${open.length > 10 ? `; and ${open.length - 10} more` : ''}`,
    'give the parameter a class with rules, @Payload({ each: Item }) for a list, or @Payload({ enum: Kind }).',
  );
}

function checkCompiled(rows: ApplicationReport['rows']): Finding {
  const slow = new Map(
    rows
      .flatMap(({ payloads }) => payloads)
      .flatMap(({ type, mode, reasons }) => (mode === 'library' ? [[type, reasons]] : [])),
  );
  if (slow.size === 0) return ok('payload_plans', 'every payload is compiled');
  const named = [...slow].map(([type, reasons]) => `${type} (${reasons.join('; ')})`);
  return advice(
    'payload_plans',
    `these payloads go through the libraries, which is slower: ${named.join(', ')}`,
    'it is as safe; where it is a hot event, leave out what the reason names.',
  );
}

function checkOrigins({ origins, withCredentials, session }: Settings): Finding {
  const remedy = "list the pages that may: cors: { origin: ['https://example.com'] }.";
  if (origins === 'open' && (withCredentials || session)) {
    return problem('origins', 'any page of the web may connect with the cookies of its visitor', remedy);
  }
  if (origins === 'open') return advice('origins', 'any page of the web may connect', remedy);
  return ok(
    'origins',
    origins === 'own' ? 'only pages of the own host connect' : 'only pages that `cors` lets in connect',
  );
}

function checkProxy({ trustsProxy }: Settings): Finding {
  if (trustsProxy) return ok('proxy', '`trustProxy` says whose X-Forwarded-For is believed');
  return advice(
    'proxy',
    '`trustProxy` is not set: behind a proxy all clients have its address, and share the limits of one, and TLS is not seen',
    'behind a proxy, set trustProxy to the number of proxies, and let the proxy do TLS; else leave it.',
  );
}

function checkTransports({ adapter, polling }: Settings): Finding[] {
  if (adapter === undefined || !polling)
    return [ok('stickiness', 'no client needs to come to the same node each time')];
  return [
    advice(
      'stickiness',
      'several nodes, and long-polling is on: the requests of one client must all reach one node',
      "let the proxy keep clients at their node (docs/deployment.md), or leave polling out: transports: ['websocket'].",
    ),
  ];
}

const debugging = advice('debug', '`debug` sends the thrown errors to clients', 'leave it out in production.');
