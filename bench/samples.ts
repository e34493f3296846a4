import type { Sample } from './measures/measure.js';

/** A series is kept under `contender column`. */
const columnOf = (key: string): string => key.slice(key.indexOf(' ') + 1);

/** What one contender measured in one column: the numbers of each round's sweeps, by round. */
type Series = Map<number, number[]>;

/** Median and the range of the middle half. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** The value at a share (0 to 1) of the sorted numbers, between two of them where it falls between. */
function quantile(sorted: number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below]! + (at - below) * (sorted[Math.ceil(at)]! - sorted[below]!);
}

/** `undefined` when there are no numbers. */
export function spread(numbers: number[]): Spread | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

const median = (numbers: number[]): number => spread(numbers)!.median;

/**
 * All numbers of a run. A round counts as the median of its sweeps, which a disturbance of one sweep does not move;
 * ratios are taken within a round, where the machine was in the same mood.
 */
export class Samples {
  readonly #series = new Map<string, Series>();

  add(contender: string, round: number, sample: Sample): void {
    for (const [column, value] of Object.entries(sample)) {
      const series = this.#of(contender, column);
      series.set(round, [...(series.get(round) ?? []), value]);
    }
  }

  /** The contender's own numbers, one per round. */
  absolute(contender: string, column: string): number[] {
    return [...this.#of(contender, column).values()].map(median);
  }

  /** The contender's numbers divided by `base`'s (in `baseColumn`) of the same round. */
  ratio(contender: string, column: string, base: string, baseColumn: string = column): number[] {
    const bases = this.#of(base, baseColumn);
    return [...this.#of(contender, column)].flatMap(([round, value]) =>
      bases.has(round) ? [median(value) / median(bases.get(round)!)] : [],
    );
  }

  /** These columns' numbers in the place of the other run's. */
  renewedBy(other: Samples, columns: ReadonlySet<string>): Samples {
    const renewed = new Samples();
    for (const [key, series] of this.#series) if (!columns.has(columnOf(key))) renewed.#series.set(key, series);
    for (const [key, series] of other.#series) if (columns.has(columnOf(key))) renewed.#series.set(key, series);
    return renewed;
  }

  toJSON(): object {
    return [...this.#series].map(([key, series]) => [key, [...series]]);
  }

  static fromJSON(json: unknown): Samples {
    const samples = new Samples();
    for (const [key, series] of json as [string, [number, number[]][]][]) samples.#series.set(key, new Map(series));
    return samples;
  }

  #of(contender: string, column: string): Series {
    const key = `${contender} ${column}`;
    const series = this.#series.get(key) ?? new Map<number, number[]>();
    this.#series.set(key, series);
    return series;
  }
}
