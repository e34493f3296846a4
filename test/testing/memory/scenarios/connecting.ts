import { accepted, connected, ending, next } from '../conformance.js';
import type { Scenario } from '../conformance.js';

export const connectingScenarios: Scenario[] = [
  {
    promise: 'the handshake carries auth, query, headers, cookies and address',
    async run({ io, connect, note }) {
      connect('/', {
        auth: { token: 't' },
        query: { room: 'ä b', n: 1 },
        headers: { Origin: 'https://a.example', cookie: ['a=1', 'b=2'], 'X-Many': ['1', '2'], 'x-number': 7 },
      });
      const { handshake, conn, request } = await accepted(io);
      const { host, 'sec-websocket-key': key, ...headers } = handshake.headers;
      note('server', handshake.auth, handshake.query, handshake.url);
      note(
        'server',
        Object.entries(headers).sort(([a], [b]) => a!.localeCompare(b!)),
        typeof host,
        (key as string).length,
      );
      note('server', handshake.address, handshake.secure, handshake.xdomain, request.method, request.httpVersion);
      note('server', conn.protocol, conn.transport.name, conn.readyState, io.engine.clientsCount);
    },
    expected: {
      server: [
        '{"token":"t"} {"room":"ä b","n":"1","EIO":"4","transport":"websocket"} /socket.io/?room=%C3%A4%20b&n=1&EIO=4&transport=websocket',
        '[["connection","Upgrade"],["cookie","a=1; b=2"],["origin","https://a.example"],["sec-websocket-version","13"],["upgrade","websocket"],["x-many","1, 2"],["x-number","7"]] string 24',
        '127.0.0.1 false true GET 1.1',
        '4 websocket open 1',
      ],
    },
  },
  {
    promise: 'a refused request or namespace is told why, and nothing of it stays',
    options: {
      allowRequest: (request, decide) => {
        const { origin } = request.headers;
        const bad = origin === 'https://bad.example';
        setImmediate(() => decide(bad ? 'bad origin' : null, !bad));
      },
    },
    async run({ io, connect, note }) {
      io.engine.on('connection_error', ({ code, message, context }) => note('server', code, message, context));
      io.of('/private').use((_socket, proceed) =>
        proceed(Object.assign(new Error('no'), { data: { code: 'refused' } })),
      );
      const refusal = async (namespace: string, origin: string) => {
        const client = connect(namespace, { headers: { origin } });
        const [error] = (await next(client, 'connect_error')) as [Error & { data?: unknown; description?: Error }];
        note('client', error.message, error.data, error.description?.message, client.active, client.connected);
      };
      await refusal('/', 'https://bad.example');
      await refusal('/private', 'https://good.example');
      await refusal('/unknown', 'https://good.example');
      while (io.engine.clientsCount > 0) await new Promise(setImmediate);
      note('server', io.of('/').sockets.size, io.of('/private').sockets.size);
    },
    expected: {
      client: [
        'websocket error "<undefined>" Unexpected server response: 400 true false',
        'no {"code":"refused"} "<undefined>" false false',
        'Invalid namespace "<undefined>" "<undefined>" false false',
      ],
      server: ['4 Forbidden {"message":"bad origin"}', '0 0'],
    },
  },
  {
    promise: 'middleware of the engine sees the request, and may end it',
    async run({ io, connect, note }) {
      type Response = { setHeader(name: string, value: string): void; end(): void };
      io.engine.use((request: { headers: Record<string, string> }, response: Response, proceed: () => void) => {
        response.setHeader('x-served-by', 'me');
        if (request.headers['x-stop']) response.end();
        else proceed();
      });
      io.engine.on('initial_headers', (headers: object) => note('server', headers));
      await connected(connect());
      const [error] = await next(connect('/', { headers: { 'x-stop': '1' } }), 'connect_error');
      note('client', error, (error as { description: Error }).description.message);
    },
    expected: { client: ['Error(websocket error) socket hang up'], server: ['{"x-served-by":"me"}'] },
  },
  {
    promise: 'several namespaces share one connection, and are left one by one',
    async run(stage) {
      const { io, connect, note } = stage;
      io.of('/chat').on('connection', (socket) =>
        socket.on('where', (ack) => ack(socket.nsp.name, socket.handshake.auth)),
      );
      io.on('connection', (socket) => socket.on('where', (ack) => ack('/')));
      const arrivals = [accepted(io), accepted(io, '/chat')];
      const main = connect();
      const chat = main.io.socket('/chat', { auth: { who: 'me' } });
      const [server, chatServer] = (await Promise.all(arrivals)) as [never, never];
      await Promise.all([connected(main), connected(chat)]);
      chat.emit('where', (...args: unknown[]) => note('client', ...args));
      note('client', await main.emitWithAck('where'), io.engine.clientsCount);
      const left = ending(stage, chat, chatServer);
      chat.disconnect();
      await left;
      note('client', await main.emitWithAck('where'), io.engine.clientsCount);
      const gone = ending(stage, main, server);
      main.disconnect();
      await gone;
    },
    expected: {
      client: [
        '/chat {"who":"me"}',
        '/ 1',
        'disconnect io client disconnect',
        '/ 1',
        'disconnect io client disconnect',
      ],
      server: ['disconnect client namespace disconnect', 'disconnect client namespace disconnect'],
    },
  },
  {
    promise: 'a server that was closed takes nobody',
    async run({ io, connect, note }) {
      await io.close();
      const client = connect();
      const [error] = await next(client, 'connect_error');
      note('client', error, client.connected);
    },
    expected: { client: ['Error(websocket error) false'] },
  },
];
