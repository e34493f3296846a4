import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { z } from 'zod';
import { ActionsFactory, attachSockets, Config } from 'zod-sockets';
import { announce, otherEvents, otherNamespaces, serverOptions } from '../shared/control.js';

const Say = z.object({ room: z.string().min(1).max(40), text: z.string().max(2000), n: z.number().int() });

const io = new Server(serverOptions);
const http = createServer();
const logger = { debug() {}, info() {}, warn() {}, error() {} };

const emission = { news: { schema: z.tuple([z.unknown()]) }, exception: { schema: z.tuple([z.string()]) } };
const paths = ['/bench', ...otherNamespaces];
let config: unknown = new Config({ startupLogo: false });
for (const path of paths) {
  config = (config as Config).addNamespace({
    path,
    emission,
    hooks: {
      /** Rejections reach the hook only: the library acknowledges nothing by itself. */
      onError: async ({ error, client }) => void (await client?.emit('exception', error.message)),
    },
  });
}
const actions = new ActionsFactory(config as Config<never>);

/** An action that answers its argument. */
const answering = (ns: string, event: string): object =>
  actions.build({
    ns: ns as never,
    event,
    input: z.tuple([z.unknown()]),
    output: z.tuple([z.unknown()]),
    handler: async ({ input }) => input as [unknown],
  });

const say = actions.build({
  ns: '/bench' as never,
  event: 'say',
  input: z.tuple([Say]),
  output: z.tuple([z.object({ ok: z.literal(true), n: z.number() })]),
  handler: async ({ input: [said] }) => [{ ok: true as const, n: said.n }] as const,
});

const broadcast = actions.build({
  ns: '/bench' as never,
  event: 'broadcast',
  input: z.tuple([z.number()]),
  output: z.tuple([z.number()]),
  handler: async ({ input: [count] }) => {
    for (let i = 0; i < count; i++) io.of('/bench').emit('news', { text: 'hello', i });
    return [count] as const;
  },
});

const others = paths.flatMap((ns) => otherEvents.map((event) => answering(ns, event)));

await attachSockets({
  io,
  target: http,
  config: config as Config<never>,
  actions: [answering('/bench', 'echo'), say, broadcast, ...others] as never,
  logger,
});
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port));
