/** The messages of the channels. Names and meanings are stable; new properties may be added. */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import type { ContextKind, EventContext } from '../context.js';
import type { Logger } from '../log.js';
import type { Outcome } from './outcome.js';

/** The part that all messages share. */
interface Message {
  /** `performance.now()` when it began. */
  readonly startedAt: number;
}

/** The ending of what a `start` announced; there is exactly one for each. */
interface Ending {
  /** Milliseconds since `startedAt`. */
  readonly duration: number;
}

/** Names that the plan bounds, fit for labels and for the names of spans: clients cannot make new ones. */
export interface DeclaredNames {
  /** The namespace as its controller declares it, `/game/:id`. */
  readonly namespace: string;
  /** The event as its handler declares it; `*` for a catch-all, and for an event without a handler. */
  readonly event: string;
}

interface Call extends Message {
  /** The call's id, `context.id`; made when it is first read. */
  readonly id: string;
  /** The call itself: its socket, its arguments, its signal. The same object in both messages. */
  readonly context: EventContext;
  /** The application's Socket.IO server, `app.io`: several applications share the channels. */
  readonly io: Server;
  /** `event` for messages of clients; handlers of `disconnect`, `join` and `leave` are calls too. */
  readonly kind: ContextKind;
  readonly namespace: string;
  /** The event's name as the client sent it, at most 100 characters. */
  readonly event: string;
  readonly declared: DeclaredNames;
  /** The socket's id. */
  readonly socket: string;
  /** `Class.method`; `(nobody)` for an event without a handler. */
  readonly handler: string;
  /** Bytes of the message as it arrived; `undefined` for what no message caused. */
  readonly bytes: number | undefined;
}

/** A call begins, or is refused. */
export interface CallStart extends Call {
  readonly type: 'start';
  /** Milliseconds that it waited for the rate and for its turn. */
  readonly waited: number;
}

/** A call has ended. */
export interface CallEnd extends Call, Ending {
  readonly type: 'end';
  readonly outcome: Outcome;
  /** The values that the client was answered with; `undefined` if it was not answered. */
  readonly answer: readonly unknown[] | undefined;
}

/** The messages of `colloquy:call`: every event of a client, and the handlers of `disconnect`, `join` and `leave`. */
export type CallMessage = CallStart | CallEnd;

/**
 * - `left`: it was connected, and has left; `reason` says why
 * - `cut`: it was connected, and a limit or a broken packet ended it
 * - `refused`, `failed`, `timed_out`: it was turned away; `code` and `limit` say why
 * - `gone`: it left before it was connected
 */
export type ConnectionOutcome = Outcome<'left' | 'cut' | 'refused' | 'failed' | 'timed_out' | 'gone'>;

interface Connecting extends Message {
  readonly io: Server;
  /** `undefined` for one that was refused at the door, before it had a socket. */
  readonly socket: Socket | undefined;
  /** The socket's id. */
  readonly id: string | undefined;
  readonly namespace: string | undefined;
  /** The namespace as its controller declares it; for labels. */
  readonly declared: Pick<DeclaredNames, 'namespace'> | undefined;
  /** The HTTP request that the connection began with. */
  readonly request: IncomingMessage;
  readonly transport: 'polling' | 'websocket' | 'webtransport';
  /** The application's logger. */
  readonly log: Logger;
}

/** A client asks for a namespace, or is refused at the door. */
export interface ConnectionStart extends Connecting {
  readonly type: 'start';
}

/** A client has passed the gate. */
export interface ConnectionAccepted extends Connecting, Ending {
  readonly type: 'accepted';
  /** Whether Socket.IO recovered it. */
  readonly recovered: boolean;
}

/** A client has left, or was turned away. */
export interface ConnectionEnd extends Connecting, Ending {
  readonly type: 'end';
  readonly outcome: ConnectionOutcome;
  /** Socket.IO's reason of a disconnection. */
  readonly reason: string | undefined;
}

/** The messages of `colloquy:connection`: one client in one namespace. */
export type ConnectionMessage = ConnectionStart | ConnectionAccepted | ConnectionEnd;

/**
 * - `sent`: no answer was asked for
 * - `answered`: everybody who was asked has answered
 * - `failed`: `emit` threw
 * - `timed_out`: not everybody who was asked has answered in time
 * - `gone`: the client left before it answered
 */
export type EmitOutcome = Outcome<'sent' | 'answered' | 'failed' | 'timed_out' | 'gone'>;

interface Emission extends Message {
  readonly io: Server;
  readonly namespace: string;
  /** The event's name as the application gave it. */
  readonly event: string;
  /** The id of the socket that it is for; `undefined` for a broadcast. */
  readonly socket: string | undefined;
  /** The rooms that a broadcast is for; empty for the whole namespace. */
  readonly rooms: readonly string[];
  /** Whether it asks for answers. */
  readonly asks: boolean;
  /** The values that are sent. */
  readonly args: readonly unknown[];
}

/** Something is emitted to clients. */
export interface EmitStart extends Emission {
  readonly type: 'start';
}

/** It was handed to Socket.IO, or, if it asks for answers, those have come. */
export interface EmitEnd extends Emission, Ending {
  readonly type: 'end';
  readonly outcome: EmitOutcome;
}

/** The messages of `colloquy:emit`: what the application emits, by a socket or to many. */
export type EmitMessage = EmitStart | EmitEnd;

/** `stopped`: its signal fired, and it ended for that. */
export type BackgroundOutcome = Outcome<'done' | 'failed' | 'stopped'>;

interface BackgroundRound extends Message {
  readonly io: Server;
  /** `Class.method`. */
  readonly work: string;
}

/** A round of background work begins. */
export interface BackgroundStart extends BackgroundRound {
  readonly type: 'start';
}

/** A round of background work has ended. */
export interface BackgroundEnd extends BackgroundRound, Ending {
  readonly type: 'end';
  readonly outcome: BackgroundOutcome;
}

/** The messages of `colloquy:background`: each call of a `@Background` method. */
export type BackgroundMessage = BackgroundStart | BackgroundEnd;

/**
 * - `published`: it was handed to the broker; `kept`: it waits for the broker; `dropped`: no other node gets it
 * - `done`, `failed`: a message of another node was followed, or that threw
 */
export type BusOutcome = Outcome<'published' | 'kept' | 'dropped' | 'done' | 'failed'>;

interface BusTransfer extends Message {
  /** The id of this process's link to the others. */
  readonly node: string;
  /** `redis`, `nats`, … */
  readonly engine: string;
  /** `out` for a message of this node, `in` for one of another. */
  readonly direction: 'out' | 'in';
  /** The id of the node that sent it, or that it is for; `all` for everybody. */
  readonly peer: string;
  readonly namespace: string;
  /**
   * Texts that travel with the message, such as `traceparent`. A subscriber to the `start` of an outgoing message adds its own;
   * the `start` of the incoming one shows them on the other nodes.
   */
  readonly headers: Record<string, string>;
}

/** A message goes to the bus, or has come from it. */
export interface BusStart extends BusTransfer {
  readonly type: 'start';
}

/** It was published, or followed. */
export interface BusEnd extends BusTransfer, Ending {
  readonly type: 'end';
  readonly outcome: BusOutcome;
}

/** Messages to all have come back from the broker, so they are with the other nodes too. */
export interface BusConfirmed extends Message, Ending {
  readonly type: 'confirmed';
  readonly node: string;
  readonly engine: string;
  readonly messages: number;
}

/** The messages of `colloquy:bus`: what nodes tell each other for their applications, heartbeats left out. */
export type BusMessage = BusStart | BusEnd | BusConfirmed;
