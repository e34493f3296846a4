/**
 * A broadcast's packet, whose frame is made once for all its receivers: it goes to each of them without the objects and events that
 * Engine.IO makes for every packet, where nothing waits before it and nobody listens to them.
 */
import { isPacketUnheard, tellSent } from '../../connections/lane/unwatched.js';
import type { EngineSocket, PacketOptions } from './ws.js';

/** Writes the frame of a packet as `write` of an Engine.IO socket would. `false`, and nothing is done, if it must go the long way. */
export function writeFrame(socket: EngineSocket, data: unknown, options: PacketOptions | undefined): boolean {
  const frame = options?.wsPreEncodedFrame;
  if (frame === undefined || typeof data !== 'string' || !takesFrames(socket)) return false;
  tellSent(socket, data);
  const { transport } = socket;
  options!.compress = options!.compress !== false;
  transport.writable = false;
  // No callback waits for this packet: `drain` of the transport takes one entry per batch.
  socket.sentCallbackFn.push(null);
  transport.socket!._sender!.sendFrame(frame, transport._onSentLast);
  return true;
}

function takesFrames(socket: EngineSocket): boolean {
  const { transport } = socket;
  if (socket.readyState !== 'open' || !transport.writable || transport.perMessageDeflate) return false;
  return socket.writeBuffer.length === 0 && socket.packetsFn.length === 0 && isPacketUnheard(socket);
}
