/** Checks the application itself: payloads, origins, proxies, transports. */
import type { Contract } from '../../contract/contract.js';
import type { ApplicationReport } from '../program/report.js';
import { isLocal, type Settings } from '../program/settings.js';
import { advice, ok, problem, type Finding } from './finding.js';

export function checkApplication({ contract, rows, settings }: ApplicationReport): Finding[] {
  return [
    checkPayloads(contract),
    checkCompiled(rows),
    checkOrigins(settings),
    checkProxy(settings),
    ...checkTls(settings),
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

function checkProxy({ proxy }: Settings): Finding {
  if (proxy === 'everybody') {
    return problem(
      'proxy',
      '`trustProxy: true` believes every X-Forwarded-For: a client may name any address, and escapes the limits of its own',
      'set trustProxy to the number of proxies before the process, or to their addresses.',
    );
  }
  if (proxy === 'some') return ok('proxy', '`trustProxy` says whose X-Forwarded-For is believed');
  return advice(
    'proxy',
    '`trustProxy` is not set: behind a proxy all clients have its address, and share the limits of one, and TLS is not seen',
    'behind a proxy, set trustProxy to the number of proxies, and let the proxy do TLS; else leave it.',
  );
}

/** Schemes of brokers whose link is not encrypted, each with the one that is. */
const encrypted: Readonly<Record<string, string>> = { 'redis:': 'rediss:', 'amqp:': 'amqps:', 'nats:': 'tls:' };

function checkTls({ adapter, plainOrigins }: Settings): Finding[] {
  const brokers = (adapter ?? '').split(',').filter((url) => URL.canParse(url) && !isLocal(url));
  const plain = brokers.filter((url) => new URL(url).protocol in encrypted);
  const findings = [
    ...plainOrigins.map((origin) =>
      advice('tls', `pages of ${origin} come without TLS, and with them all that they send`, 'serve them with https.'),
    ),
    ...plain.map((url) => {
      const { protocol, host } = new URL(url);
      const remedy = `use ${encrypted[protocol]}//, or a network that nobody else is in.`;
      return advice('tls', `the link to the broker at ${host} is not encrypted`, remedy);
    }),
  ];
  return findings.length > 0 ? findings : [ok('tls', 'no page and no broker of another machine is named without TLS')];
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
