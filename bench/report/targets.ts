import type { Samples } from '../samples.js';

/** One promise about a measured number: the median over the rounds is to be at most, or at least, `limit`. */
export interface Target {
  claim: string;
  bound: 'at most' | 'at least';
  limit: number;
  /** One number per round. */
  numbers: (samples: Samples) => number[];
  /** The same of the floor, a server without Socket.IO. */
  floor?: (samples: Samples) => number[];
}

const toPlain = (claim: string, column: string, limit: number, contender = 'colloquy'): Target => ({
  claim,
  bound: 'at most',
  limit,
  numbers: (samples) => samples.ratio(contender, column, 'plain'),
  floor: (samples) => samples.ratio('floor', column, 'plain'),
});

/** Where the way to the floor leads: beside the promises, goals that are not met yet. */
const goals: Target[] = [
  toPlain('goal: acknowledged event, 1 in flight', 'echo.1', 0.85),
  toPlain('goal: acknowledged event, 16 in flight', 'echo.16', 0.35),
  toPlain('goal: validated event, 1 in flight', 'say.1', 0.9),
  toPlain('goal: validated event, 16 in flight', 'say.16', 0.4),
  toPlain('goal: second validated event, 1 in flight', 'order.1', 0.9),
  toPlain('goal: second validated event, 16 in flight', 'order.16', 0.4),
  toPlain('goal: rejected event, 16 in flight', 'invalid.16', 0.5),
  ...['say', 'order'].flatMap((event) => [
    toPlain(`goal: without a kernel, ${event}, 1 in flight`, `memory.${event}.1`, 0.75),
    toPlain(`goal: without a kernel, ${event}, 16 in flight`, `memory.${event}.16`, 0.65),
  ]),
  toPlain('goal: without a kernel, rejected, 1 in flight', 'memory.invalid.1', 0.85),
  toPlain('goal: without a kernel, rejected, 16 in flight', 'memory.invalid.16', 0.8),
  toPlain('goal: fan-out to 1,000 clients, single broadcast', 'fanout.1', 0.85),
  toPlain('goal: CPU per connection made, 50 handlers', 'connection.cpu.handlers50', 0.75),
  toPlain('goal: heap per connection, 50 handlers', 'connection.heap.handlers50', 0.45),
];

const toItself = (claim: string, column: string, base: string, limit: number): Target => ({
  claim,
  bound: 'at most',
  limit,
  numbers: (samples) => samples.ratio('colloquy', column, 'colloquy', base),
});

const cheaperThan = (claim: string, peer: string, column: string, limit: number): Target => ({
  claim,
  bound: 'at least',
  limit,
  numbers: (samples) => samples.ratio(peer, column, 'colloquy'),
});

/** A compiled payload plan by itself: how many times cheaper than the libraries it is to be beside 100 other classes, and that it does not care for them. */
const plan = (what: string, payload: string, beside100: number): Target[] => [
  fasterPlan(`payload plan, ${what}, alone`, `plans.${payload}.0`, 5),
  fasterPlan(`payload plan, ${what}, beside 100 DTO classes`, `plans.${payload}.100`, beside100),
  toItself(
    `payload plan, ${what}, beside 300 DTO classes to alone (itself)`,
    `plans.${payload}.300`,
    `plans.${payload}.0`,
    1.3,
  ),
];

const fasterPlan = (claim: string, column: string, limit: number): Target =>
  cheaperThan(`${claim}: times cheaper than the libraries`, 'plain-class-validator', column, limit);

const watched = (what: string, column: string): Target =>
  toItself(
    `${what}: OpenTelemetry at a share of 1 % to not watched (itself)`,
    `watched.share-1.${column}`,
    `watched.nothing.${column}`,
    1.1,
  );

/** What Colloquy promises about its speed; ratios to plain Socket.IO with hand-written checks unless said otherwise. */
export const targets: Target[] = [
  toPlain('acknowledged event, 1 in flight', 'echo.1', 1.02),
  toPlain('acknowledged event, 16 in flight', 'echo.16', 0.55),
  toPlain('acknowledged event, 1 in flight, on eiows where it is installed', 'echo.1', 0.7, 'colloquy-eiows'),
  toPlain('validated event, 1 in flight', 'say.1', 1.05),
  toPlain('validated event, 16 in flight', 'say.16', 0.6),
  cheaperThan(
    'validated event, 1 in flight: times cheaper than socket-controllers',
    'socket-controllers',
    'say.1',
    1.5,
  ),
  cheaperThan('validated event, 1 in flight: times cheaper than NestJS', 'nestjs', 'say.1', 3),
  cheaperThan(
    'beside 100 DTO classes, 1 in flight: times cheaper than socket-controllers',
    'socket-controllers',
    'dtos.1',
    2.5,
  ),
  cheaperThan('beside 100 DTO classes, 1 in flight: times cheaper than NestJS', 'nestjs', 'dtos.1', 2.5),
  toPlain('rejected event, 1 in flight', 'invalid.1', 1.15),
  ...plan('3 fields', 'flat', 20),
  ...plan('20 nested items', 'nested', 18),
  toPlain('fan-out to 1,000 clients, single broadcast', 'fanout.1', 1),
  toPlain('fan-out to 1,000 clients, bursts of 16', 'fanout.16', 0.35),
  toPlain('heap per connection, 50 handlers', 'connection.heap.handlers50', 0.65),
  toItself(
    'heap per connection, 1,000 handlers to 10 (itself)',
    'connection.heap.handlers1000',
    'connection.heap.handlers10',
    1.02,
  ),
  toPlain('CPU per connection made, 50 handlers', 'connection.cpu.handlers50', 0.95),
  toItself('CPU per message, 10,000 handlers to 10 (itself)', 'handlers.10000', 'handlers.10', 1.02),
  watched('acknowledged event, 1 in flight', 'echo.1'),
  watched('acknowledged event, 16 in flight', 'echo.16'),
  watched('validated event, 1 in flight', 'say.1'),
  watched('validated event, 16 in flight', 'say.16'),
  toPlain('latency p99 at 1,000 messages per second', 'latency.p99', 1),
  {
    claim: 'boot with 1,000 controllers, seconds of CPU',
    bound: 'at most',
    limit: 1,
    numbers: (samples) => samples.absolute('colloquy', 'boot.1000').map((ms) => ms / 1000),
  },
  ...goals,
];
