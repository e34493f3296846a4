import assert from 'node:assert/strict';
import * as msgpack from 'socket.io-msgpack-parser';
import { nextEvent } from '../../support/wait.js';
import type { Proofs } from './world.js';

interface Handshake {
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload: number;
}

/** The controllers of the page answer in the row's own program too. */
const answersThere = async (socket: {
  emitWithAck(event: string, value: unknown): Promise<unknown>;
}): Promise<void> => {
  assert.equal(await socket.emitWithAck('my event', 1), 1);
};

export const starting: Proofs = {
  'Start the server': async ({ connect }) => answersThere(await connect('/shop')),

  'Bind later, to a server of your own': async ({ visit, url }) => {
    await answersThere(await visit('/shop'));
    assert.equal(await (await fetch(await url())).text(), 'a page of mine');
  },

  'Pages, static files, and what the page is told of the server': async ({ visit, url }) => {
    await answersThere(await visit('/shop'));
    const info = (await (await fetch(`${await url()}/info`)).json()) as { name: string };
    assert.match(info.name, /corked|ws|eiows/);
    assert.equal(await (await fetch(`${await url()}/hello.txt`)).text(), 'hello');
  },

  'Host, port and options': async ({ visit, url }) => {
    const options = { path: '/ws', parser: msgpack };
    await answersThere(await visit('/shop', options));
    const endpoint = `${await url()}/ws/?EIO=4&transport=polling`;
    const response = await fetch(endpoint, { headers: { origin: 'https://friend.example' } });
    assert.match(response.headers.get('set-cookie')!, /^io=/);
    const { pingInterval, pingTimeout, maxPayload } = JSON.parse((await response.text()).slice(1)) as Handshake;
    assert.deepEqual([pingInterval, pingTimeout, maxPayload], [10_000, 5_000, 50_000]);
    const stranger = await fetch(endpoint, { headers: { origin: 'https://stranger.example' } });
    assert.equal(stranger.status, 403);
    await assert.rejects(visit('/shop'), /refused/);
  },

  TLS: async ({ visit }) =>
    answersThere(await visit('/shop', { rejectUnauthorized: false, protocol: 'https' } as never)),

  'Stop from inside': async ({ visit, program }) => {
    const socket = await visit('/admin');
    const gone = nextEvent(socket, 'disconnect');
    await socket.emitWithAck('shut down');
    await gone;
    assert.equal(await program.ended(), 0);
  },
};
