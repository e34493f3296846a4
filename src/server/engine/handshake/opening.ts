/** The packet that opens a session: one text, without the objects and events that Engine.IO makes for it, where nobody listens to them. */
import { isPacketUnheard } from '../../../connections/lane/unwatched.js';
import { takeAnswer } from './upgrade.js';
import type { EngineServer, EngineSocket } from '../ws.js';

/** Engine.IO's type of the packet. */
const OPEN = '0';

/** Opens a new socket as `onOpen` of an Engine.IO socket would. `false`, and nothing is done, if it must go the long way. */
export function open(socket: EngineSocket): boolean {
  const { id, transport, server, protocol, request } = socket;
  if (typeof id !== 'string' || protocol !== 4 || server.opts.initialPacket) return false;
  if (!transport.sendText || !isPacketUnheard(socket)) return false;
  if (socket.getAvailableUpgrades().length > 0) return false;
  const answer = takeAnswer(request.socket);
  if (!transport.sendText(openingOf(id, server.opts), OPEN, answer)) {
    if (answer !== '') request.socket.write(answer, 'latin1');
    return false;
  }
  opened = socket;
  socket.readyState = 'open';
  transport.sid = id;
  socket.emit('open');
  socket.schedulePing();
  return true;
}

interface Facts {
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload: number;
}

/** What the last session was told, and its text: it is the same for all sessions of a server. */
let told: Facts = { pingInterval: NaN, pingTimeout: NaN, maxPayload: NaN };
let toldText = '';

function openingOf(
  id: string,
  { pingInterval, pingTimeout, maxHttpBufferSize: maxPayload }: EngineServer['opts'],
): string {
  if (told.pingInterval !== pingInterval || told.pingTimeout !== pingTimeout || told.maxPayload !== maxPayload) {
    told = { pingInterval, pingTimeout, maxPayload };
    toldText = JSON.stringify({ upgrades: [], ...told }).slice(1);
  }
  return `{"sid":${JSON.stringify(id)},${toldText}`;
}

/** The socket that was opened last, until somebody asks. */
let opened: EngineSocket | undefined;

/** Whether a socket that is new has met nobody yet but Engine.IO: its listeners are Engine.IO's. */
export function isUnmet(socket: EngineSocket): boolean {
  const isLast = opened === socket;
  opened = undefined;
  return isLast;
}
