/** The metrics of all applications of this process, for those who read them together: `colloquy/otel`. */
import type { Family, Sample } from './families.js';

/** The metrics of one application, without those of its process. */
export interface MetricsSource {
  families(): Family[];
}

const offers = new Set<() => MetricsSource>();
let watcher: (() => void) | undefined;

/** Offers the metrics of an application, which counts from when they are first read; returns the function that ends it. */
export function offerMetrics(begin: () => MetricsSource): () => void {
  offers.add(begin);
  watcher?.();
  return () => void offers.delete(begin);
}

/** Calls a function whenever there is one application more. */
export function watchOffers(watch: typeof watcher): void {
  watcher = watch;
}

/** Reads the metrics of all applications: those of several are added up. */
export function readMetrics(): Family[] {
  const all = new Map<string, Family>();
  for (const begin of offers) {
    for (const family of begin().families()) {
      const known = all.get(family.name);
      all.set(family.name, known ? { ...family, samples: sum([...known.samples, ...family.samples]) } : family);
    }
  }
  return [...all.values()];
}

function sum(samples: readonly Sample[]): Sample[] {
  const sums = new Map<string, Sample>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.suffix, sample.labels]);
    sums.set(key, { ...sample, value: sample.value + (sums.get(key)?.value ?? 0) });
  }
  return [...sums.values()];
}
