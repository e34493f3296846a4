import { AsyncLocalStorage } from 'node:async_hooks';
import { answer, settings, type Watch } from './control.js';

/** Switches on what makes a framework's spans, once the SDK is there. */
type Instrument = () => Promise<unknown>;

/** Has OpenTelemetry's SDK, as it is unless told otherwise, record a share of all traces; the exporter counts the spans, and drops them. */
async function recordTraces(share: number, instrument: Instrument): Promise<void> {
  const sdk = await import('@opentelemetry/sdk-trace-node');
  let exported = 0;
  const exporter = {
    export(spans: unknown[], done: (result: { code: number }) => void): void {
      exported += spans.length;
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const provider = new sdk.NodeTracerProvider({
    ...(share < 1 && { sampler: new sdk.TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  provider.register();
  answer('spans', async () => {
    await provider.forceFlush();
    return exported;
  });
  await instrument();
}

/** The same, of the traces that Colloquy draws. */
async function drawTraces(share: number, instrument: Instrument): Promise<void> {
  const { recordShare } = await import('colloquy/otel');
  recordShare(share);
  await recordTraces(1, instrument);
}

const watchers: Record<Exclude<Watch, 'recorder'>, (instrument: Instrument) => unknown> = {
  nothing: () => {},
  /** What Node.js takes for carrying any context along, which is what OpenTelemetry does. */
  storage: () => new AsyncLocalStorage().run({}, () => setInterval(() => undefined, 1_000)),
  subscriber: async () => (await import('colloquy/telemetry')).channels.call.subscribe(() => undefined),
  'share-0': (instrument) => drawTraces(0, instrument),
  'share-1': (instrument) => drawTraces(0.01, instrument),
  'sampler-1': (instrument) => recordTraces(0.01, instrument),
  spans: (instrument) => recordTraces(1, instrument),
};

/**
 * Sets up what is to watch this server, before it is made. Loads nothing where nothing watches.
 *
 * @returns what the application is to be made with
 */
export async function watch(instrument: Instrument): Promise<{ recorder?: object }> {
  if (settings.watch === 'recorder') return { recorder: {} };
  await watchers[settings.watch](instrument);
  return {};
}
