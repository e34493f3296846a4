/**
 * What OpenTelemetry and the flight recorder cost: CPU of the server process per acknowledged message, in turns, as ratios to a server
 * without them. The spans go to a processor that batches them and to an exporter that drops them. Each variant has three servers, whose mean
 * counts: two processes of one program differ by several per cent for as long as they live.
 *
 *     npm run build && npx tsc -p bench && node bench/.build/otel.js [rounds] [milliseconds of a window] [messages in flight, of each of 20 clients] \
 *       [variants, with commas]
 */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BatchSpanProcessor, NodeTracerProvider, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';
import { IsInt, IsString, Length, MaxLength } from 'class-validator';
import { createApp, Namespace, On } from 'colloquy';
import { channels } from 'colloquy/telemetry';
import type { Contender } from './contenders.js';
import { Loader, type Clients } from './loader.js';
import { echo, say } from './messages.js';
import { defaults, Server } from './server.js';

const variants = [
  'nothing',
  'nothing again',
  'storage',
  'subscriber',
  'recordShare 0 %',
  'recordShare 1 %',
  'spans 1 %',
  'spans 100 %',
  'recorder',
] as const;
type Variant = (typeof variants)[number];

class Say {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() n!: number;
}

@Namespace('/bench')
class Bench {
  @On() echo(value: unknown): unknown {
    return value;
  }
  @On() say(said: Say): object {
    return { ok: true, n: said.n };
  }
}

async function serve(variant: Variant): Promise<void> {
  const ratio = { 'recordShare 0 %': 1, 'recordShare 1 %': 1, 'spans 1 %': 0.01, 'spans 100 %': 1 }[variant as string];
  if (ratio !== undefined) {
    const { recordShare } = await import('colloquy/otel');
    if (variant === 'recordShare 0 %') recordShare(0);
    if (variant === 'recordShare 1 %') recordShare(0.01);
    const dropped = {
      export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
      shutdown: () => Promise.resolve(),
    };
    new NodeTracerProvider({
      sampler: new TraceIdRatioBasedSampler(ratio),
      spanProcessors: [new BatchSpanProcessor(dropped, { maxQueueSize: 1_000_000, maxExportBatchSize: 5_000 })],
    }).register();
  }
  // What Node.js takes for carrying any context along, which is what OpenTelemetry does.
  if (variant === 'storage') new AsyncLocalStorage().run({}, () => setInterval(() => undefined, 1_000));
  if (variant === 'subscriber') channels.call.subscribe(() => undefined);
  const app = await createApp({
    controllers: [Bench],
    ...(variant === 'recorder' ? { recorder: {} } : {}),
    logger: false,
    limits: { eventRate: 1e9, eventBurst: 1e9 },
  });
  const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
  const tell = (facts: object): void => {
    const { user, system } = process.cpuUsage();
    console.log(`@bench ${JSON.stringify({ ...facts, cpu: user + system })}`);
  };
  createInterface({ input: process.stdin })
    .on('line', () => tell({}))
    .on('close', () => process.exit(0));
  tell({ port });
}

interface Seat {
  readonly variant: Variant;
  readonly server: Server;
  readonly clients: Clients;
}

/** Microseconds of CPU per message. */
async function measure({ server, clients }: Seat, exchange: typeof echo, ms: number, depth: number): Promise<number> {
  await clients.closedLoop({ ...exchange, depth, ms });
  const before = await server.cpu();
  const { count } = await clients.closedLoop({ ...exchange, depth, ms });
  return ((await server.cpu()) - before) / count;
}

/** Servers of each variant. */
const COPIES = 3;

/** Milliseconds for which a server is warmed up: one span in a hundred takes its time until the SDK's code is compiled. */
const WARM_UP = 2_000;

async function run(rounds: number, ms: number, depth: number, variants: readonly Variant[]): Promise<void> {
  const loader = new Loader();
  const script = fileURLToPath(import.meta.url);
  const seats = await Promise.all(
    Array.from({ length: COPIES }, () => variants)
      .flat()
      .map(async (variant, group): Promise<Seat> => {
        const command = ['node', script, 'serve', variant] as [string, ...string[]];
        const contender = { name: variant, label: variant, folder: process.cwd(), order: 0, versions: [], command };
        const server = await Server.start(contender as Contender, defaults);
        const clients = loader.clients(group);
        await clients.connect(server.port, 20, 1);
        return { variant, server, clients };
      }),
  );
  for (const [name, exchange] of Object.entries({ echo, say })) {
    for (const { clients } of seats) await clients.closedLoop({ ...exchange, depth, ms: WARM_UP });
    const ratios = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
    for (let round = 0; round < rounds; round++) {
      const costs = new Map<Variant, number>();
      for (const seat of seats.toSorted(() => Math.random() - 0.5)) {
        const cost = await measure(seat, exchange, ms, depth);
        costs.set(seat.variant, (costs.get(seat.variant) ?? 0) + cost / COPIES);
      }
      for (const [variant, cost] of costs) ratios.get(variant)!.push(cost / costs.get('nothing')!);
      console.log(name, round, Object.fromEntries([...costs].map(([key, cost]) => [key, cost.toFixed(1)])));
    }
    for (const [variant, all] of ratios) {
      const sorted = all.toSorted((a, b) => a - b);
      const at = (part: number): string => sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(2);
      console.log(`${name.padEnd(5)} ${variant.padEnd(14)} ${at(0.5)} (${at(0.25)}–${at(0.75)})`);
    }
  }
  for (const { server } of seats) server.stop();
  loader.stop();
}

const [first, second, third, fourth] = process.argv.slice(2);
const chosen = fourth?.split(',') as Variant[] | undefined;
if (first === 'serve') await serve(second as Variant);
else await run(Number(first ?? 15), Number(second ?? 400), Number(third ?? 16), chosen ?? variants);
