import { Background, InjectNamespace, Namespace } from 'colloquy';
import type { Namespace as IoNamespace } from 'socket.io';
import { CpuMeter } from './cpu-meter.js';

@Namespace('/monitor')
export class MonitorController {
  readonly #meter = new CpuMeter();
  #number = 0;

  constructor(@InjectNamespace() private readonly viewers: IoNamespace) {}

  /** Measures while somebody looks: the first client starts it, and it stops with the last. */
  @Background({ every: 5000, start: 'first-client', stop: 'last-client' })
  measure() {
    this.viewers.emit('load', { number: ++this.#number, time: Date.now(), cores: this.#meter.read() });
  }
}
