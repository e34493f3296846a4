/** `colloquy/telemetry`: the channels on which an application tells of its calls, connections, emissions, rounds and nodes. */
import { backgroundChannel, busChannel, callChannel, connectionChannel, emitChannel } from '../base/channels/index.js';

export { logCalls } from './log-calls.js';
export type { CallLogOptions } from './log-calls.js';
export { logConnections } from './log-connections.js';
export type { ConnectionLogOptions } from './log-connections.js';
export type { TypedChannel } from '../base/channels/channel.js';
export type { Outcome, OutcomeKind } from '../base/channels/outcome.js';
export type {
  BackgroundEnd,
  BackgroundMessage,
  BackgroundOutcome,
  BackgroundStart,
  BusConfirmed,
  BusEnd,
  BusMessage,
  BusOutcome,
  BusStart,
  CallEnd,
  CallMessage,
  CallStart,
  ConnectionAccepted,
  ConnectionEnd,
  ConnectionMessage,
  ConnectionOutcome,
  ConnectionStart,
  DeclaredNames,
  EmitEnd,
  EmitMessage,
  EmitOutcome,
  EmitStart,
} from '../base/channels/messages.js';

/**
 * The channels of `node:diagnostics_channel`, with the types of their messages. `diagnostics_channel.channel('colloquy:call')`
 * is the same object as `channels.call`. A subscriber that throws ends nothing: it is named in one process warning.
 */
export const channels = Object.freeze({
  /** `colloquy:call`: every event of a client, and the handlers of `disconnect`, `join` and `leave`. */
  call: callChannel,
  /** `colloquy:connection`: clients that ask for a namespace, are let in or turned away, and leave. */
  connection: connectionChannel,
  /** `colloquy:emit`: what the application emits, with the answers that it asks for. */
  emit: emitChannel,
  /** `colloquy:background`: the rounds of background work. */
  background: backgroundChannel,
  /** `colloquy:bus`: what the nodes of a cluster tell each other. */
  bus: busChannel,
});
