import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';

/** What watches a server; `watch.ts` sets it up. */
export type Watch = 'nothing' | 'storage' | 'subscriber' | 'share-0' | 'share-1' | 'sampler-1' | 'spans' | 'recorder';

/** What one server is started with; the runner passes it as JSON in `BENCH_SETTINGS`. */
export interface Settings {
  /** Handlers beside the contract's own, named `other0`, `other1` …; each answers its argument. */
  handlers: number;
  /** Namespaces in all: `/bench` (the contract) and `/bench1` … (only the other handlers). */
  namespaces: number;
  /** DTO classes that are not the contract's, each validated once before the server listens. */
  dtoClasses: number;
  /** Controllers beside the contract's own, of five handlers and one DTO class each. */
  controllers: number;
  watch: Watch;
}

export const settings: Settings = JSON.parse(process.env['BENCH_SETTINGS'] ?? '{}') as Settings;

/** `/bench1`, `/bench2` …: the namespaces beside the contract's. */
export const otherNamespaces: string[] = Array.from({ length: settings.namespaces - 1 }, (_, i) => `/bench${i + 1}`);

/** `other0`, `other1` …: the events beside the contract's. */
export const otherEvents: string[] = Array.from({ length: settings.handlers }, (_, i) => `other${i}`);

/** The same for every contender: websocket only, no compression, nothing served beside. */
export const serverOptions = {
  transports: ['websocket' as const],
  perMessageDeflate: false,
  serveClient: false,
};

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const say = (facts: object): void => void process.stdout.write(`@bench ${JSON.stringify(facts)}\n`);

type Answer = () => number | Promise<number>;

const answers: Record<string, Answer> = { cpu, heap };

/** Has one more question of the runner answered. */
export function answer(question: string, by: Answer): void {
  answers[question] = by;
}

async function reply(question: string): Promise<void> {
  const by = answers[question];
  if (by) say({ [question]: await by() });
}

/**
 * Tells the runner that this server listens, then answers its questions: one word per line on standard input,
 * one line `@bench {json}` on standard output. Ends the process when standard input ends.
 */
export function announce(port: number): void {
  say({ port, cpu: cpu() });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (question) => void reply(question));
  lines.on('close', () => process.exit(0));
}
