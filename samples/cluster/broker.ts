/** Where the processes of this sample meet. */
import type { AdapterOptions } from 'colloquy/emitter';

/** `BROKER` names the engine; every process of one cluster is given the same, and the same `PREFIX`. */
export const broker: AdapterOptions = {
  url: process.env.BROKER ?? 'local:',
  prefix: process.env.PREFIX ?? 'colloquy-sample',
};
