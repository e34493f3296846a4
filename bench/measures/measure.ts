import type { Contender } from '../contenders.js';
import type { Rejection } from '../check.js';
import type { Exchange } from '../load/commands.js';
import type { Clients } from '../loader.js';
import type { Server, Settings } from '../server.js';

/** How long and how large a run's measurements are. */
export interface Scale {
  /** Length of one measured window in milliseconds. */
  ms: number;
  /** Clients that a fan-out goes to, and connections whose cost is measured. */
  crowd: number;
}

/** Clients of a server that is measured by its messages. */
export const CLIENTS = 20;

export const fullScale: Scale = { ms: 400, crowd: 1000 };
export const quickScale: Scale = { ms: 150, crowd: 200 };

/** One contender's running server in one setting, with its twenty clients. */
export interface Seat {
  contender: Contender;
  settings: Settings;
  /** Which of the measure's settings these are. */
  variant: number;
  server: Server;
  clients: Clients;
  /** How this contender answers an invalid payload. */
  rejection: Rejection;
  scale: Scale;
}

/** One column of the tables. */
export interface Column {
  /** Unique among all measures, as `say.16`. */
  id: string;
  title: string;
  /** Empty for counts. */
  unit: 'µs' | 'ms' | 'KB' | '';
  /** Stands in a row that is named after the contender and this; columns of one title stand below each other. */
  row?: string;
  /** The contender's own column that the numbers are ratios to, in the place of plain's. */
  base?: string;
}

/** Numbers of one contender in one round, by column id, in the column's unit. */
export type Sample = Record<string, number>;

/** One thing that the benchmark measures: a table of its own, and a name for `--only`. */
export interface Measure {
  id: string;
  title: string;
  columns: Column[];
  /** A server is started in each of these settings, all of them at the same time. */
  settings: Settings[];
  /** Whether the servers get their clients, and a warm-up, before the first sample. */
  clients: boolean;
  /** Samples of each server in a round, interleaved; more than one where a sample is a short window. */
  sweeps: number;
  /** Whether a contender can be measured in one of the settings; all can in all when absent. */
  takesPart?: (contender: Contender, settings: Settings) => boolean;
  /** Measured only when `--only` names it: no part of a whole run. */
  aside?: true;
  /** Measures once. Rejects when the contender does not answer as it should. */
  sample: (seat: Seat) => Promise<Sample>;
}

/**
 * Lets a server run before it is measured: while it waited for its turn the system may have taken its memory's pages away,
 * and the more a program has of them, the dearer its first moments are.
 */
export async function awaken({ clients, scale }: Seat, loop: Exchange & { depth: number }): Promise<void> {
  await clients.closedLoop({ ...loop, ms: scale.ms });
}

/** Server CPU time per answer, in µs, while every client keeps `depth` exchanges in flight; and the generator's own load. */
export async function perMessage(
  seat: Seat,
  loop: Exchange & { depth: number; sliding?: boolean },
): Promise<{ cpu: number; busy: number }> {
  await awaken(seat, loop);
  const before = await seat.server.cpu();
  const { count, busy } = await seat.clients.closedLoop({ ...loop, ms: seat.scale.ms });
  return { cpu: ((await seat.server.cpu()) - before) / count, busy };
}

/** The column that holds the load generator's CPU time as a share of the wall time, for the column `id`. */
export const busyOf = (id: string): string => `${id}.generator`;
