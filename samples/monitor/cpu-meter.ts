import { cpus, type CpuInfo } from 'node:os';

/** Tells how busy each core was since it was asked before. */
export class CpuMeter {
  #before = cpus();

  /** One percentage for each core, from 0 to 100. */
  read(): number[] {
    const now = cpus();
    const loads = now.map((core, index) => loadBetween(this.#before[index] ?? core, core));
    this.#before = now;
    return loads;
  }
}

function loadBetween(before: CpuInfo, now: CpuInfo): number {
  const total = sum(now) - sum(before);
  const idle = now.times.idle - before.times.idle;
  return total > 0 ? Math.round((1 - idle / total) * 1000) / 10 : 0;
}

/** Milliseconds that a core has spent on anything. */
function sum({ times }: CpuInfo): number {
  return times.user + times.nice + times.sys + times.idle + times.irq;
}
