import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Namespace as IoNamespace } from 'socket.io';
import type { Socket as ClientSocket } from 'socket.io-client';
import { callAll, InjectNamespace, Namespace, On } from '../../../src/index.js';
import { internalsOf } from '../../../src/connections/internals.js';
import { start, type Running } from '../../support/app.js';
import { until, within } from '../../support/wait.js';

@Namespace('/')
class Main {
  @On() hello() {}
}

@Namespace('/poll')
class Poll {}

let games: IoNamespace;

@Namespace('/game/:id')
class Game {
  constructor(@InjectNamespace() clients: IoNamespace) {
    games = clients;
  }
  @On() play() {}
}

const byOrder = (a: unknown, b: unknown): number => String(a).localeCompare(String(b));

type Answer = (value?: unknown) => void;

async function three({ connect }: Running): Promise<[ClientSocket, ClientSocket, ClientSocket]> {
  const clients = [await connect('/poll'), await connect('/poll'), await connect('/poll')] as const;
  clients.forEach((client, index) => client.on('vote', (answer: Answer) => answer(index)));
  return [...clients];
}

function pending({ app }: Running): number {
  return [...app.io.of('/poll').sockets.values()].reduce((sum, socket) => sum + internalsOf(socket).acks.size, 0);
}

describe('callAll', () => {
  it('gathers the answers of a namespace, each with the id of its socket', async (t) => {
    const server = await start(t, [Main, Poll]);
    const clients = await three(server);
    const { answers, ...rest } = await callAll<number>(server.app.io.of('/poll'), 'vote');
    const byId = new Map(answers.map(({ id, value }) => [id, value]));
    assert.deepEqual(
      clients.map(({ id }) => byId.get(id)),
      [0, 1, 2],
    );
    assert.deepEqual(rest, { failures: [], missing: [], complete: true });
    assert.equal(pending(server), 0);
  });

  it('names those who did not answer in time, and keeps nothing of the question', async (t) => {
    const server = await start(t, [Poll], { limits: { callTime: 100 } });
    const clients = await three(server);
    clients[1].off('vote');
    const result = await callAll(server.app.io.of('/poll'), 'vote');
    assert.deepEqual(result.missing, [clients[1].id]);
    assert.equal(result.complete, false);
    assert.deepEqual(result.answers.map(({ value }) => value).toSorted(byOrder), [0, 2]);
    assert.equal(pending(server), 0);
  });

  it('does not wait for those who leave', async (t) => {
    const server = await start(t, [Poll], { limits: { callTime: 60_000 } });
    const clients = await three(server);
    clients[1].off('vote');
    clients[1].on('vote', () => clients[1].disconnect());
    const gone = clients[1].id;
    const result = await within(callAll(server.app.io.of('/poll'), 'vote'), 'the answers', 2_000);
    assert.deepEqual([result.missing, result.complete, result.answers.length], [[gone], false, 2]);
  });

  it('asks rooms, leaves out others, and takes its time from `timeout`', async (t) => {
    const server = await start(t, [Poll]);
    const clients = await three(server);
    const poll = server.app.io.of('/poll');
    await poll.sockets.get(clients[0].id!)!.join(['a', 'b']);
    await poll.sockets.get(clients[1].id!)!.join('a');
    const asked = await callAll(poll.to('a').except('b'), 'vote');
    assert.deepEqual(asked.answers, [{ id: clients[1].id, value: 1 }]);
    clients[1].off('vote');
    const late = await within(callAll(poll.to('a').timeout(1_000), 'vote'), 'the end', 5_000);
    assert.deepEqual([late.missing, late.answers.length], [[clients[1].id], 1]);
  });

  it('asks the main namespace where it is given the server, and nobody is an answer too', async (t) => {
    const server = await start(t, [Main, Poll]);
    await three(server);
    assert.deepEqual(await callAll(server.app.io, 'vote'), { answers: [], failures: [], missing: [], complete: true });
    const client = await server.connect('/');
    client.on('vote', (answer: Answer) => answer('main'));
    assert.deepEqual((await callAll(server.app.io, 'vote')).answers, [{ id: client.id, value: 'main' }]);
  });

  it('asks all namespaces of a family through its parent', async (t) => {
    const server = await start(t, [Game]);
    for (const id of ['1', '2']) {
      const client = await server.connect(`/game/${id}`);
      client.on('ready?', (answer: Answer) => answer(id));
    }
    const { answers } = await callAll<string>(games, 'ready?');
    assert.deepEqual(answers.map(({ value }) => value).toSorted(byOrder), ['1', '2']);
  });

  it('keeps error answers apart', async (t) => {
    const server = await start(t, [Poll]);
    const [one] = await three(server);
    one.off('vote').on('vote', (answer: Answer) => answer({ error: { code: 'no', message: 'I will not.' } }));
    const { failures, answers, complete } = await callAll(server.app.io.of('/poll'), 'vote');
    assert.deepEqual([failures.length, failures[0]!.id, failures[0]!.error.code], [1, one.id, 'no']);
    assert.deepEqual([answers.length, complete], [2, true], 'who answers an error has answered');
  });

  it('drops answers that come too late', async (t) => {
    const server = await start(t, [Poll]);
    const client = await server.connect('/poll');
    let late: Answer | undefined;
    client.on('vote', (answer: Answer) => (late = answer));
    const result = await callAll(server.app.io.of('/poll').timeout(50), 'vote');
    assert.deepEqual(result.missing, [client.id]);
    await until(() => late !== undefined, 'the question');
    late!('x');
    client.on('next', (answer: Answer) => answer('y'));
    assert.deepEqual((await callAll(server.app.io.of('/poll'), 'next')).answers, [{ id: client.id, value: 'y' }]);
  });
});
