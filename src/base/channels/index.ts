/** The channels of the framework, by name. */
import { openChannel } from './channel.js';
import type { BackgroundMessage, BusMessage, CallMessage, ConnectionMessage, EmitMessage } from './messages.js';

/** Every event of a client, and the handlers of `disconnect`, `join` and `leave`. */
export const callChannel = openChannel<CallMessage>('colloquy:call');
/** Clients that ask for a namespace, are let in or turned away, and leave. */
export const connectionChannel = openChannel<ConnectionMessage>('colloquy:connection');
/** The emissions of the application. */
export const emitChannel = openChannel<EmitMessage>('colloquy:emit');
/** The rounds of background work. */
export const backgroundChannel = openChannel<BackgroundMessage>('colloquy:background');
/** The messages between the nodes of a cluster. */
export const busChannel = openChannel<BusMessage>('colloquy:bus');
