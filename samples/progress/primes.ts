/** A job that takes its time: it counts the primes below a limit. */
import { setImmediate } from 'node:timers/promises';

/** Numbers sieved in one go, a few milliseconds of work. */
const SEGMENT = 250_000;

/**
 * Sieves segment after segment; between two of them the event loop serves everybody else.
 *
 * @param report told the percentage done, each whole number once
 * @throws the signal's reason, once it has fired
 */
export async function countPrimes(
  limit: number,
  signal: AbortSignal,
  report: (percent: number) => void,
): Promise<number> {
  const small = primesUpTo(Math.floor(Math.sqrt(limit)));
  let count = 0;
  let reported = 0;
  for (let from = 2; from < limit; from += SEGMENT) {
    const to = Math.min(from + SEGMENT, limit);
    count += countSegment(from, to, small);
    const percent = Math.floor((to / limit) * 100);
    if (percent > reported) report((reported = percent));
    await setImmediate(undefined, { signal });
  }
  return count;
}

function countSegment(from: number, to: number, small: readonly number[]): number {
  const composite = new Uint8Array(to - from);
  let count = to - from;
  for (const prime of small) {
    const first = Math.max(prime * prime, Math.ceil(from / prime) * prime);
    for (let multiple = first; multiple < to; multiple += prime) {
      if (composite[multiple - from] === 0) count--;
      composite[multiple - from] = 1;
    }
  }
  return count;
}

function primesUpTo(limit: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; candidate <= limit; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
