/** Checks the machine: file descriptors, and the broker. */
import { connect } from 'node:net';
import { findEngine } from '../../cluster/engines.js';
import { advice, ok, problem, type Finding } from './finding.js';

/** File descriptors that a server of many clients needs: one for each connection. */
const ENOUGH = 10_000;

/** Milliseconds that a broker has to answer. */
const ANSWER_TIME = 3000;

export async function checkSurroundings(adapter: string | undefined): Promise<Finding[]> {
  return [...checkDescriptors(openFiles()), ...(adapter === undefined ? [] : await checkBroker(adapter))];
}

/** The soft limit of open files, if the runtime knows it. */
function openFiles(): number | undefined {
  const report = process.report?.getReport() as unknown as
    { readonly userLimits?: { readonly open_files?: { readonly soft: number | string } } } | undefined;
  const soft = report?.userLimits?.open_files?.soft;
  return soft === 'unlimited' ? Infinity : typeof soft === 'number' ? soft : undefined;
}

/** Exported for its test. */
export function checkDescriptors(limit: number | undefined): Finding[] {
  if (limit === undefined) return [];
  if (limit >= ENOUGH) return [ok('file_descriptors', `${limit} files may be open`)];
  return [
    advice(
      'file_descriptors',
      `only ${limit} files may be open at once, and each connection is one`,
      `raise it before the server starts: ulimit -n 65536, or LimitNOFILE=65536 in the unit of systemd.`,
    ),
  ];
}

const ports: Readonly<Record<string, number>> = { rabbitmq: 5672, nats: 4222, postgres: 5432 };

async function checkBroker(adapter: string): Promise<Finding[]> {
  if (adapter === 'custom') return [ok('broker', 'the adapter is one of your own, and was not looked at')];
  let found: ReturnType<typeof findEngine>;
  try {
    found = findEngine(adapter);
  } catch (error) {
    return [problem('broker', (error as Error).message, 'correct the option `adapter`.')];
  }
  const { engine, urls } = found;
  if (engine.name === 'local' || engine.name === 'memory') return [ok('broker', `${engine.name}: needs no broker`)];
  return Promise.all(
    urls.map(async (url) => {
      const port = Number(url.port) || (url.protocol === 'amqps:' ? 5671 : (ports[engine.name] ?? 6379));
      const host = url.hostname || 'localhost';
      const why = await refusal(host, port);
      if (why === undefined) return ok('broker', `${engine.name} answers at ${host}:${port}`);
      return problem(
        'broker',
        `${engine.name} cannot be reached at ${host}:${port}: ${why}`,
        'start it, or correct the host and port of the option `adapter`.',
      );
    }),
  );
}

/** Why nothing answers there; `undefined` if something does. */
function refusal(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
    const end = (why?: string): void => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(ANSWER_TIME, () => end(`no answer within ${ANSWER_TIME} ms`));
    socket.once('connect', () => end());
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
