/** The metrics of Prometheus' text through OpenTelemetry: the same families, with the same labels. */
import { EventLoop } from '../metrics/event-loop.js';
import { bounds, type Family, mirrorHistograms } from '../metrics/families.js';
import { readMetrics } from '../metrics/sources.js';
import type { BatchObservableResult, Histogram, Meter, Observable } from './api.js';

/** The families with an instrument of another name: `rpc.server.call.duration`. */
const elsewhere: ReadonlySet<string> = new Set(['colloquy_call_duration_seconds']);

/** The name and the unit of the instrument of a family: `colloquy.bus_published` of `colloquy_bus_published_total`. */
export function instrumentOf(family: string): { readonly name: string; readonly unit: string } {
  const name = family
    .replace(/_total$/, '')
    .replace(/_seconds$/, '')
    .replace('_', '.');
  return { name, unit: family.endsWith('_seconds') ? 's' : name.endsWith('_bytes') ? 'By' : '1' };
}

/** Exports until it is closed. */
export class ExportedMetrics {
  readonly #observed = new Map<string, Observable>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #eventLoop = new EventLoop();

  constructor(private readonly meter: Meter) {
    mirrorHistograms(({ name, help }, labels, seconds) => {
      if (!elsewhere.has(name)) this.#histogram(name, help).record(seconds, labels);
    });
    this.refresh();
  }

  /** Makes the instruments of what there is now: which families there are depends on the applications. */
  refresh(): void {
    const before = [...this.#observed.values()];
    for (const family of this.#families()) this.#instrument(family);
    if (before.length > 0) this.meter.removeBatchObservableCallback(this.#observe, before);
    this.meter.addBatchObservableCallback(this.#observe, [...this.#observed.values()]);
  }

  close(): void {
    mirrorHistograms(undefined);
    this.meter.removeBatchObservableCallback(this.#observe, [...this.#observed.values()]);
    this.#eventLoop.close();
  }

  readonly #observe = (result: BatchObservableResult): void => {
    for (const { name, samples } of this.#families()) {
      const instrument = this.#observed.get(name);
      if (instrument) for (const { labels, value } of samples) result.observe(instrument, value, labels);
    }
  };

  #families(): Family[] {
    return [...readMetrics(), ...this.#eventLoop.families()];
  }

  #instrument({ name, type, help: description }: Family): void {
    if (type === 'histogram' || this.#observed.has(name)) return;
    const { name: own, unit } = instrumentOf(name);
    const make = type === 'counter' ? 'createObservableCounter' : 'createObservableGauge';
    this.#observed.set(name, this.meter[make](own, { unit, description }));
  }

  #histogram(family: string, description: string): Histogram {
    let histogram = this.#histograms.get(family);
    if (!histogram) {
      const { name, unit } = instrumentOf(family);
      const advice = { explicitBucketBoundaries: [...bounds] };
      histogram = this.meter.createHistogram(name, { unit, description, advice });
      this.#histograms.set(family, histogram);
    }
    return histogram;
  }
}
