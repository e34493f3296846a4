/**
 * One write per turn: what belongs together goes to the kernel at once.
 *
 * Stock Engine.IO writes a packet as soon as it comes and keeps what follows in its write buffer until that write is done; then it sends
 * the buffer in a loop, with one system call per packet. Here a batch is one write (`frame-writer.ts`), frames are read without a
 * detour (`frame-reader.ts`), and the answers to packets that came together go out together. A packet that comes alone is never held
 * back, and order, bytes, back-pressure and closing are those of the stock engine. Why it is done this way:
 * docs/decisions/one-write-per-turn.md.
 */
import type { Server } from 'socket.io';
import { shareForgetting, shareTransports } from './lean.js';
import { rememberQuery } from './handshake/queries.js';
import { takeSessionIds } from './handshake/session-ids.js';
import { corkSockets } from './socket.js';
import { answerUpgrades, isAnswering, opensSession, sendAnswer } from './handshake/upgrade.js';
import type { EngineServer, EngineSocket, RawSocket, Sender, UpgradeRequest } from './ws.js';

/** Has the answer to an upgrade go out with the packet that opens the session, also if `ws` writes it. */
function joinOpenings(engine: EngineServer): void {
  engine.on('initial_headers', (_headers: unknown, request: UpgradeRequest & { readonly socket: RawSocket }) => {
    if (!isAnswering && opensSession(engine, request)) request.socket.cork();
  });
  engine.on('connection', ({ request, transport }: EngineSocket) => {
    if (transport.name !== 'websocket') return;
    sendAnswer(request.socket);
    request.socket.uncork();
  });
}

/**
 * Makes an Engine.IO server (`io.engine`) write once per turn, for connections made from now on.
 * Returns why it cannot, if it cannot; then the server stays as it was.
 */
export function writeOncePerTurn(engine: Server['engine']): string | undefined {
  const { ws } = engine as unknown as {
    ws?: { options?: { WebSocket?: { Sender?: { prototype?: Partial<Sender> } } } };
  };
  if (ws !== undefined && typeof ws.options?.WebSocket?.Sender?.prototype?.sendFrame !== 'function') {
    return 'its WebSocket server is not the ws that this was made for';
  }
  if (ws !== undefined) {
    shareTransports(engine as unknown as EngineServer);
    rememberQuery(engine as unknown as EngineServer);
    takeSessionIds(engine as unknown as EngineServer);
    answerUpgrades(engine as unknown as EngineServer);
  }
  joinOpenings(engine as unknown as EngineServer);
  corkSockets(engine as unknown as EngineServer);
  engine.on('connection', (socket: EngineSocket) => shareForgetting(socket));
  return undefined;
}
