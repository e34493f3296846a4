/** Puts the guard before an official adapter. */
import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import type { StreamsClient } from './client.js';
import type { GuardOptions } from './guard-options.js';
import { History } from './recovery/history.js';
import { decoderOf, methodsOf, type OfficialAdapter } from './official.js';
import { receiving } from './consuming.js';
import { asking, sending } from './publishing.js';
import { type KeptSession, Sessions } from './recovery/sessions.js';

/** Puts itself before an adapter of the official package, for what that one does not do well enough to rely on. */
export function guard(nsp: Namespace, adapter: OfficialAdapter, client: StreamsClient, options: GuardOptions): Adapter {
  const { connectionStateRecovery } = nsp.server._opts;
  const history = new History(nsp.name, client, decoderOf(adapter));
  const sessions = connectionStateRecovery ? new Sessions(nsp, adapter.uid, client, history) : undefined;
  return Object.assign(
    adapter,
    { namesAnswers: true },
    sending(adapter, client, sessions),
    asking(adapter, client, options),
    receiving(adapter, client, sessions, options.failed),
    ending(nsp, adapter, client, options),
    sessions && recovering(adapter, sessions, options),
  );
}

function ending(
  nsp: Namespace,
  adapter: OfficialAdapter,
  client: StreamsClient,
  { channel, closed }: GuardOptions,
): Partial<Adapter> {
  const official = methodsOf(adapter, 'close');
  return {
    async close(): Promise<void> {
      client.leave(adapter.uid, [channel, `${channel}${adapter.uid}#`]);
      await official.close();
      // After this turn, in which other namespaces keep their sessions.
      if (nsp.name === '/') await closed();
    },
  };
}

function recovering(adapter: OfficialAdapter, sessions: Sessions, { failed }: GuardOptions): Partial<Adapter> {
  const official = methodsOf(adapter, 'addAll', 'delAll');
  return {
    addAll(sid, rooms): Promise<void> | void {
      sessions.begin(sid);
      return official.addAll(sid, rooms);
    },
    delAll(sid): void {
      sessions.end(sid);
      official.delAll(sid);
    },
    persistSession(session): void {
      sessions.keep(session as unknown as KeptSession).catch(failed);
    },
    restoreSession: (pid, offset) => sessions.restore(pid, offset) as never,
  };
}
