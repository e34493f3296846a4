/** How late the event loop is, since the last look. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Family, gauge } from './families.js';

/** Milliseconds between two measurements; a delay is what a timer is late beside it. */
const RESOLUTION = 10;

export class EventLoop {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });

  constructor() {
    this.#delay.enable();
  }

  /** Reads what was measured, and begins anew. */
  families(): Family[] {
    const { count, max } = this.#delay;
    const at = (nanoseconds: number): number => (count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000));
    const values = { p50: at(this.#delay.percentile(50)), p99: at(this.#delay.percentile(99)), max: at(max) };
    this.#delay.reset();
    return [
      gauge(
        'colloquy_event_loop_delay_seconds',
        'How late the event loop was since the metrics were last read.',
        Object.entries(values).map(([stat, value]) => ({ labels: { stat }, value })),
      ),
    ];
  }

  close(): void {
    this.#delay.disable();
  }
}
