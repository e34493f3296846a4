/** The metrics that an application makes, as OpenTelemetry's own SDK reads them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { EventError, Namespace, On, OnConnect, type AppOptions } from '../../../src/index.js';
import { channels } from '../../../src/telemetry/index.js';
import { recordShare } from '../../../src/telemetry/otel/index.js';
import { start } from '../../support/app.js';
import { until } from '../../support/wait.js';
import { heard } from '../heard.js';
import { record } from './sdk.js';

@Namespace('/room/:id')
class Room {
  @OnConnect enter() {}
  @On() say() {
    return 'said';
  }
  @On() fail(code: string) {
    throw new EventError(code, 'It fails.');
  }
  @On() tell() {}
}

@Namespace('/closed')
class Closed {
  @OnConnect enter() {
    return false;
  }
}

const controllers: AppOptions['controllers'] = [Room, Closed];

const ways = [1, 0.5, 0].flatMap((share) => [false, true].map((isHeard) => ({ share, isHeard })));

for (const { share, isHeard } of ways)
  it(`calls have a histogram in seconds, by event and ending; names that clients make up are _OTHER (${share} of the spans recorded${isHeard ? ', somebody else listens' : ''})`, async (t) => {
    recordShare(share);
    t.after(() => recordShare(1));
    const { points } = record(t);
    if (isHeard) heard(t, channels.call);
    const { connect } = await start(t, controllers);
    const client = await connect('/room/7');
    const events = [['say'], ['say'], ['say'], ['fail', 'full'], ['made up']] as const;
    await Promise.all(events.map(([event, ...args]) => client.emitWithAck(event, ...args)));
    const found = await points('rpc.server.call.duration');
    const rows = found.map(({ attributes, value }) => [attributes, (value as { count: number }).count]);
    const common = { 'rpc.system.name': 'socket.io' };
    assert.deepEqual(rows, [
      [{ ...common, 'rpc.method': '/room/:id/say', 'colloquy.outcome': 'answered' }, 3],
      [{ ...common, 'rpc.method': '/room/:id/fail', 'colloquy.outcome': 'failed', 'error.type': 'full' }, 1],
      [{ ...common, 'rpc.method': '_OTHER', 'colloquy.outcome': 'refused', 'error.type': 'unknown_event' }, 1],
    ]);
    const { sum } = found[0]!.value as { sum: number };
    assert.ok(sum > 0 && sum < 3, `${sum} seconds`);
  });

it('codes that an application makes up are bounded', async (t) => {
  const { points } = record(t);
  const { connect } = await start(t, controllers, { limits: { eventRate: 100_000 } });
  const client = await connect('/room/7');
  for (let n = 0; n < 150; n++) await client.emitWithAck('fail', `code ${n}`);
  const types = (await points('rpc.server.call.duration')).map(({ attributes }) => attributes['error.type']);
  assert.ok(types.length <= 102 && types.includes('_OTHER'), `${types.length} codes`);
});

it('connections are counted while they last, measured when they end, and counted where they are refused', async (t) => {
  const { points } = record(t);
  const { app, connect, refusal } = await start(t, controllers);
  const [one] = [await connect('/room/1'), await connect('/room/2')];
  await refusal('/closed');
  const active = async () => (await points('colloquy.connection.active')).map(({ value }) => value);
  assert.deepEqual(await active(), [2]);
  one.disconnect();
  await until(() => app.health().clients === 1, 'the end of one');
  assert.deepEqual(await active(), [1]);
  const [ended] = await points('colloquy.connection.duration');
  assert.deepEqual(ended!.attributes, {
    'rpc.system.name': 'socket.io',
    'colloquy.namespace': '/room/:id',
    'colloquy.transport': 'websocket',
    'colloquy.outcome': 'left',
  });
  const [refused] = await points('colloquy.connection.refused');
  assert.deepEqual([refused!.attributes['error.type'], refused!.value], ['refused', 1]);
});

it('an SDK that is started after the first message is used from then on', async (t) => {
  const { connect } = await start(t, controllers);
  const client = await connect('/room/7');
  await client.emitWithAck('say');
  const { points } = record(t);
  await client.emitWithAck('say');
  assert.equal((await points('rpc.server.call.duration')).length, 1);
});
