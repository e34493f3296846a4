/** The parts of `ws` and of Engine.IO that the engine `corked` uses beyond their typed surface, all named here. */

import { laneKey, sendTextKey, type OpenLane } from '../../connections/lane/unwatched.js';

/** The key of a receiver's Engine.IO socket. */
export const engineSocketKey: unique symbol = Symbol('colloquy:engine-socket');

/** The arguments of `sendFrame`: header and payload, or both in one buffer. */
export type Frame = [header: Buffer, payload: Buffer | string] | [frame: Buffer];
export type Callback = (error?: Error) => void;

/** The parts of a TCP or TLS socket that a frame needs. */
export interface RawSocket {
  cork(): void;
  uncork(): void;
  write(chunk: Buffer | string, callback?: Callback): void;
  write(chunk: string, encoding: 'latin1', callback?: Callback): void;
}

/** The `Sender` of `ws`; Engine.IO calls its `sendFrame` too, for packets that were encoded once for a whole room. */
export interface Sender {
  readonly _socket: RawSocket;
  sendFrame(frame: Frame, callback?: Callback): void;
}

/** The `Receiver` of `ws`, a stream that the TCP socket's chunks are written to. */
export interface Receiver {
  /** 0 between two frames. */
  readonly _state: number;
  /** Bytes of a frame that has not arrived as a whole. */
  readonly _bufferedBytes: number;
  /** The opcode of a message of which only some frames have arrived, else 0. */
  readonly _fragmented: number;
  /** Most bytes of a message; 0 for any number. */
  readonly _maxPayload: number;
  /** `false` if it wants no more for now. */
  write(chunk: Buffer): boolean;
  /** Leads to whom its messages are for. */
  [engineSocketKey]?: EngineSocket;
}

export interface WebSocket {
  readonly readyState: number;
  readonly extensions: string;
  readonly _sender?: Sender;
  readonly _receiver?: Receiver;
  listenerCount(event: 'message'): number;
}

export interface Packet {
  readonly type: string;
  readonly data?: unknown;
  readonly options?: { readonly wsPreEncodedFrame?: Frame; readonly compress?: boolean };
}

/** Engine.IO's transport. */
export interface Transport {
  readonly name: string;
  readonly socket?: WebSocket;
  writable: boolean;
  /** Called when the last frame of a batch was given to the kernel, or could not be. */
  readonly _onSentLast?: Callback;
  send(packets: readonly Packet[]): void;
  /** Sends one text at once; `false`, and nothing has happened, where it cannot. */
  sendText?(text: string): boolean;
  /** Takes one packet of the client. */
  onData(text: string): void;
}

/** Engine.IO's socket, whichever transport it is on. */
export interface EngineSocket {
  readonly transport: Transport;
  /** The packets that wait to be sent. */
  readonly writeBuffer: Packet[];
  [laneKey]?: OpenLane;
  [sendTextKey]?(text: string): void;
  /** Hands the packets that wait to the transport, if it can take any. */
  flush(): void;
  once(event: 'upgrade', listener: (transport: Transport) => void): void;
}
