import { check, type Rejection } from './check.js';
import type { Contender } from './contenders.js';
import { Loader } from './loader.js';
import { CLIENTS, type Measure, type Scale, type Seat } from './measures/measure.js';
import { rejected } from './measures/messages.js';
import { echo, ordering, say } from './messages.js';
import { Samples } from './samples.js';
import { Server, type Settings } from './server.js';

/** Per exchange and depth; after twice that, a window costs what all later ones cost. */
const WARM_MS = 400;

/** A contender that passed its check. */
export interface Entrant {
  contender: Contender;
  rejection: Rejection;
}

/** Why something is missing in the tables. */
export interface Failure {
  contender: string;
  what: string;
  reason: string;
}

export interface Outcome {
  samples: Samples;
  failures: Failure[];
}

/** What an error says. */
export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const shuffled = <T>(items: T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** Measures that need the same servers share them: a round is a sequence of such groups. */
function groups(measures: Measure[]): Measure[][] {
  const byServers = new Map<string, Measure[]>();
  for (const measure of measures) {
    const key = JSON.stringify([measure.settings, measure.clients]);
    byServers.set(key, [...(byServers.get(key) ?? []), measure]);
  }
  return [...byServers.values()];
}

/**
 * Connects the twenty clients, and lets the compiler do its work before anything is measured. A first question after many messages has the
 * server compile anew what reads its sockets, which takes as long as a window: so it is asked here too.
 */
async function warm(seat: Seat): Promise<void> {
  await seat.clients.connect(seat.server.port, CLIENTS, seat.settings.namespaces);
  const exchanges = [
    echo,
    say,
    ...(seat.contender.orders ? [ordering] : []),
    ...(seat.rejection === 'none' ? [] : [rejected(seat)]),
  ];
  for (const exchange of exchanges)
    for (const depth of [16, 1]) {
      await seat.clients.closedLoop({ ...exchange, depth, ms: WARM_MS });
      await seat.server.cpu();
    }
}

/** Runs the rounds of one benchmark: fresh servers in each, everything within a round in shuffled order. */
export class Rounds {
  readonly outcome: Outcome = { samples: new Samples(), failures: [] };
  readonly #loader = new Loader();
  readonly #scale: Scale;
  readonly #progress: (what: string) => void;
  #group = 0;

  constructor(scale: Scale, progress: (what: string) => void) {
    this.#scale = scale;
    this.#progress = progress;
  }

  /** The contenders that keep the contract; the others become failures. */
  async check(contenders: Contender[]): Promise<Entrant[]> {
    const entrants: Entrant[] = [];
    for (const contender of contenders) {
      this.#progress(`check ${contender.name}`);
      try {
        entrants.push({ contender, rejection: await check(contender, this.#loader, ++this.#group) });
      } catch (error) {
        this.#fail(contender, 'check', error);
      }
    }
    return entrants;
  }

  async run(round: number, measures: Measure[], entrants: Entrant[]): Promise<void> {
    for (const group of groups(measures)) {
      const seats = await this.#seat(group, entrants);
      try {
        for (const measure of group)
          for (let sweep = 0; sweep < measure.sweeps; sweep++)
            for (const seat of shuffled(seats)) await this.#measure(round, measure, seat);
      } finally {
        for (const seat of seats) {
          await seat.clients.close();
          seat.server.stop();
        }
      }
    }
  }

  stop(): void {
    this.#loader.stop();
  }

  /** Starts the servers of one group: every contender in every setting. */
  async #seat(group: Measure[], entrants: Entrant[]): Promise<Seat[]> {
    const { settings } = group[0]!;
    const wanted = entrants
      .flatMap((entrant) => settings.map((_, variant) => ({ ...entrant, variant })))
      .filter(({ contender, variant }) => group.some((measure) => this.#wants(measure, contender, settings[variant]!)));
    const seats: Seat[] = [];
    for (const entrant of shuffled(wanted)) {
      try {
        seats.push(await this.#start(group[0]!, entrant));
      } catch (error) {
        for (const { id } of group) this.#fail(entrant.contender, id, error);
      }
    }
    return seats;
  }

  async #start(measure: Measure, { contender, rejection, variant }: Entrant & { variant: number }): Promise<Seat> {
    this.#progress(`${measure.id}: start ${contender.name}`);
    const settings = measure.settings[variant]!;
    const server = await Server.start(contender, settings);
    const clients = this.#loader.clients(++this.#group);
    const seat: Seat = { contender, settings, variant, server, clients, rejection, scale: this.#scale };
    try {
      if (measure.clients) await warm(seat);
      return seat;
    } catch (error) {
      await clients.close();
      server.stop();
      throw error;
    }
  }

  async #measure(round: number, measure: Measure, seat: Seat): Promise<void> {
    if (!this.#wants(measure, seat.contender, seat.settings)) return;
    this.#progress(`${measure.id}: ${seat.contender.name}`);
    try {
      this.outcome.samples.add(seat.contender.name, round, await measure.sample(seat));
    } catch (error) {
      this.#fail(seat.contender, measure.id, error);
    }
  }

  #fail({ name }: Contender, what: string, error: unknown): void {
    this.outcome.failures.push({ contender: name, what, reason: words(error) });
  }

  #wants({ id, takesPart }: Measure, contender: Contender, settings: Settings): boolean {
    const failed = this.outcome.failures.some(({ contender: name, what }) => name === contender.name && what === id);
    return !failed && takesPart?.(contender, settings) !== false;
  }
}
