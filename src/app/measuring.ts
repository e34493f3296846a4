/** The metrics of an application: counted from when they are asked for, and served where the option `metrics` says. */
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import type { Counters } from '../base/counters.js';
import type { Logger } from '../base/log.js';
import { type Front, putInFront } from '../server/front.js';
import { Metrics, type MeasuredApplication } from '../telemetry/metrics/metrics.js';
import { resolveMetrics, type ResolvedMetrics } from '../telemetry/metrics/option.js';
import { metricsPage } from '../telemetry/metrics/page.js';
import { offerMetrics } from '../telemetry/metrics/sources.js';
import type { AppOptions } from './options.js';
import { hostsOf } from './server-options.js';

export interface MeasuringParts extends MeasuredApplication {
  readonly options: AppOptions;
  readonly log: Logger;
  readonly counters: Counters;
}

export class Measuring {
  #metrics: Metrics | undefined;
  #isClosed = false;
  #withdraw: (() => void) | undefined;
  readonly #served: ResolvedMetrics | undefined;
  readonly #front: Front | undefined;
  readonly #servers = new WeakSet<HttpServer>();

  constructor(private readonly parts: MeasuringParts) {
    const { options, log, counters } = parts;
    this.#served = resolveMetrics(options.metrics);
    if (!this.#served) return;
    this.#metrics = new Metrics(parts);
    this.#front = metricsPage({ ...this.#served, hosts: hostsOf(options), log, counters, text: () => this.text() });
  }

  /**
   * Returns the metrics as text; counting begins with the first call unless the option `metrics` began it.
   * @throws Error if the application is closed, and nothing was counted
   */
  text(): string {
    if (this.#isClosed && !this.#metrics) throw new Error('The application has been closed, and it counted nothing.');
    return this.#begin().text();
  }

  /** Called for each engine that the server gets. */
  attached(engine: Server['engine'], server: HttpServer | undefined): void {
    this.#withdraw ??= offerMetrics(() => this.#begin());
    this.#metrics?.watch(engine);
    if (!this.#front) return;
    if (!server) return this.parts.log.warn('the metrics are not served: the engine has no HTTP server of Node.js');
    if (this.#servers.has(server)) return;
    this.#servers.add(server);
    putInFront(server, this.#front, 'the page of the metrics', this.parts.log);
  }

  /** Logs where they are, and that everybody may read them if it is so. */
  report(url = ''): void {
    if (!this.#served) return;
    const who = this.#served.allow ? '' : ', for everybody who reaches it (metrics.allow decides who may read them)';
    this.parts.log.info(`metrics on ${url}${this.#served.path}${who}`);
  }

  close(): void {
    this.#isClosed = true;
    this.#withdraw?.();
    this.#metrics?.close();
  }

  #begin(): Metrics {
    return (this.#metrics ??= new Metrics(this.parts));
  }
}
