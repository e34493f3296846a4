/** Families of metrics, and how they count. */

/** The values of a family's labels, in the order of its names. */
export type LabelValues = readonly string[];

export interface Sample {
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric with all its series, as it is written. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Most series of one family; those that would be more are counted as one, whose labels are all `_other`. */
const MOST_SERIES = 5_000;

abstract class Series<State> {
  readonly #series = new Map<string, { readonly values: LabelValues; readonly state: State }>();

  constructor(
    readonly name: string,
    readonly help: string,
    protected readonly labels: readonly string[],
  ) {}

  protected abstract begin(): State;

  protected stateOf(values: LabelValues): State {
    const key = values.join('\0');
    const known = this.#series.get(key);
    if (known) return known.state;
    if (this.#series.size >= MOST_SERIES && values.some((value) => value !== '_other'))
      return this.stateOf(values.map(() => '_other'));
    const state = this.begin();
    this.#series.set(key, { values, state });
    return state;
  }

  protected map(samplesOf: (labels: Record<string, string>, state: State) => Sample[]): Sample[] {
    return [...this.#series.values()].flatMap(({ values, state }) => samplesOf(labelled(this.labels, values), state));
  }
}

function labelled(labels: readonly string[], values: LabelValues): Record<string, string> {
  return Object.fromEntries(labels.map((label, index) => [label, values[index]!]));
}

/** A number that grows. */
export class Counter extends Series<{ value: number }> {
  protected begin(): { value: number } {
    return { value: 0 };
  }

  add(values: LabelValues, by = 1): void {
    this.stateOf(values).value += by;
  }

  family(): Family {
    const { name, help } = this;
    return { name, type: 'counter', help, samples: this.map((labels, { value }) => [{ labels, value }]) };
  }
}

/** Seconds. */
export const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Distribution {
  /** How many were in each bucket and in none below it; the last one has no bound. */
  readonly counts: number[];
  sum: number;
}

type Mirror = (
  family: { readonly name: string; readonly help: string },
  labels: Readonly<Record<string, string>>,
  seconds: number,
) => void;

let mirror: Mirror | undefined;

/** Hands on what all histograms observe. */
export function mirrorHistograms(to: Mirror | undefined): void {
  mirror = to;
}

/** How long things took. */
export class Histogram extends Series<Distribution> {
  protected begin(): Distribution {
    return { counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
  }

  observe(values: LabelValues, milliseconds: number): void {
    const seconds = milliseconds / 1000;
    const state = this.stateOf(values);
    const at = bounds.findIndex((bound) => seconds <= bound);
    state.counts[at < 0 ? bounds.length : at]!++;
    state.sum += seconds;
    mirror?.(this, labelled(this.labels, values), seconds);
  }

  family(): Family {
    const { name, help } = this;
    return { name, type: 'histogram', help, samples: this.map(distributionSamples) };
  }
}

function distributionSamples(labels: Record<string, string>, { counts, sum }: Distribution): Sample[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const le = index < bounds.length ? String(bounds[index]) : '+Inf';
    return { suffix: '_bucket', labels: { ...labels, le }, value: total };
  });
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }];
}

/** A value that is read when it is written. */
export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

/** A number that something else counts. */
export function counted(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

/** One sample for each entry of a record, under one label. */
export function samplesBy(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

/** The sample of a family without labels. */
export function single(value: number): Sample[] {
  return [{ labels: {}, value }];
}
