/** Everything that belongs to a transport, switched on whichever way a server gets its engine. */
import type { IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import type { Counters } from '../base/counters.js';
import type { Limits } from '../base/limits.js';
import type { Logger } from '../base/log.js';
import { TOO_LARGE } from '../connections/departure.js';
import { checkedParser, openIntake, type Parser } from '../connections/intake/checked-parser.js';
import { intakeOf, type EngineConnection } from '../connections/intake/intake.js';
import type { Outside } from '../connections/observing/outside.js';
import type { Addresses } from './addresses.js';

type Engine = Server['engine'];
type Bind = Server['bind'];

/** Calls `attached` for each engine that the server gets: by `listen`, `attach`, `bind`, `attachApp`, or before. */
export function onEngine(io: Server, attached: (engine: Engine) => void): void {
  const bind = io.bind.bind(io);
  io.bind = ((engine: Engine) => {
    const result = bind(engine as never);
    attached(engine);
    return result;
  }) as Bind;
  if (io.engine as Engine | undefined) attached(io.engine);
}

/** Has packets checked and bytes counted, for clients that connect from now on. */
export function guardParser(io: Server): void {
  const server = io as unknown as { _parser: Parser };
  server._parser = checkedParser(server._parser);
}

export interface TransportGuard {
  readonly limits: Limits;
  readonly counters: Counters;
  readonly addresses: Addresses;
  readonly outside: Outside;
  readonly log: Logger;
}

/** Returns each transport of an engine its budgets, and counts it for its address. */
export function guardTransports(engine: Engine, { limits, counters, addresses, outside, log }: TransportGuard): void {
  outside.watchDoor(engine);
  // Before Socket.IO's own listener, which makes the decoder; and after it.
  engine.prependListener('connection', (connection: EngineConnection) => {
    openIntake(intakeOf(connection, limits, counters));
    addresses.watch(connection as never);
    outside.watch(connection as never);
  });
  engine.on('connection', () => openIntake(undefined));
  const checkSize = ({ headers }: IncomingMessage): void => {
    const size = Number(headers['content-length'] ?? 0);
    const limit = engine.opts.maxHttpBufferSize ?? limits.payload;
    if (size <= limit) return;
    counters.count('payload');
    log.warn({ size, limit }, TOO_LARGE);
  };
  engine.use?.((request: IncomingMessage, _response: unknown, next: () => void) => {
    if (request.method === 'POST') checkSize(request);
    next();
  });
}
