/** The metrics of one application, from when they are first asked for until it is closed. */
import type { Server } from 'socket.io';
import { EventLoop } from './event-loop.js';
import type { Family } from './families.js';
import { type ObservedApplication, ObservedMetrics } from './observed.js';
import { type ApplicationState, stateFamilies } from './state.js';
import { writeText } from './text.js';
import { Traffic } from './traffic.js';

export interface MeasuredApplication extends ObservedApplication {
  readonly state: () => ApplicationState;
}

export class Metrics {
  readonly #observed: ObservedMetrics;
  readonly #eventLoop = new EventLoop();
  readonly #traffic = new Traffic();

  constructor(private readonly application: MeasuredApplication) {
    this.#observed = new ObservedMetrics(application);
    this.watch(application.io.engine);
  }

  /** Counts the bytes of an engine's clients. */
  watch(engine: Server['engine']): void {
    this.#traffic.watch(engine);
  }

  /** Everything but what belongs to the process. */
  families(): Family[] {
    const { io, state } = this.application;
    return [...this.#observed.families(), ...stateFamilies(io, state()), ...this.#traffic.families()];
  }

  /** Writes everything in Prometheus' text format. */
  text(): string {
    return writeText([...this.families(), ...this.#eventLoop.families()]);
  }

  close(): void {
    this.#observed.close();
    this.#traffic.close();
    this.#eventLoop.close();
  }
}
