/** Two nodes that do everything which can be measured. */
import type { TestContext } from 'node:test';
import { Socket } from 'socket.io';
import { Background, Namespace, On, OnJoin } from '../../src/index.js';
import {
  channels,
  type BackgroundMessage,
  type BusMessage,
  type CallMessage,
  type ConnectionMessage,
  type EmitMessage,
} from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, nextEvent, until } from '../support/wait.js';
import { heard } from './heard.js';
import { parse, valueOf, type Metric } from './prometheus.js';

export interface Everything {
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly call: readonly CallMessage[];
  readonly connection: readonly ConnectionMessage[];
  readonly emit: readonly EmitMessage[];
  readonly background: readonly BackgroundMessage[];
  readonly bus: readonly BusMessage[];
}

/** Runs it, and returns what the first node measured and what the channels told. */
export async function everything(t: TestContext): Promise<Everything> {
  const worked = deferred();
  @Namespace('/everything')
  class All {
    @Background({ every: 5 }) work() {
      worked.resolve();
    }
    @On() async tell(socket: Socket) {
      await socket.join('everybody');
      socket.nsp.to('everybody').emit('told', 1);
      return socket.timeout(5_000).emitWithAck('question');
    }
    @OnJoin joined() {}
  }
  const told = {
    call: heard(t, channels.call),
    connection: heard(t, channels.connection),
    emit: heard(t, channels.emit),
    background: heard(t, channels.background),
    bus: heard(t, channels.bus),
  };
  const options = { adapter: `memory://${t.name.replaceAll(/\W+/g, '-')}`, metrics: '/metrics' };
  const here = await start(t, [All], { ...options, limits: { depth: 3 } });
  const there = await start(t, [All], options);
  const listening = await there.connect('/everything');
  listening.on('question', (answer: (value: number) => void) => answer(1));
  await listening.emitWithAck('tell');
  const client = await here.connect('/everything');
  client.on('question', (answer: (value: number) => void) => answer(2));
  const heardThere = nextEvent(listening, 'told');
  await client.emitWithAck('tell');
  await client.emitWithAck('tell', [[[[[1]]]]]);
  await heardThere;
  await worked.promise;
  client.disconnect();
  const stays = await here.connect('/everything');
  await stays.emitWithAck('nobody');
  const read = (): Map<string, Metric> => parse(here.app.metrics());
  await until(() => read().has('colloquy_connections_ended_total'), 'the end of the client');
  await until(() => valueOf(read(), 'colloquy_bus_delay_seconds_count') !== undefined, 'the confirmation');
  return { metrics: read(), ...told };
}
