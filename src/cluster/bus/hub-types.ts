/** The options of a hub, and the messages that it passes on. */
import type { ClusterMessage } from 'socket.io-adapter';
import type { AdapterOptions, AdapterStatus } from '../types.js';
import type { Heartbeat } from './nodes/members.js';
import type { NodeMessage } from './nodes/presence.js';
import type { StartupPolicy } from './link/startup.js';

/** An answer to a request of a namespace. `data.error`: it could not be given; `data.absent`: that namespace is not here. */
export interface Answer {
  nsp: string;
  answer: string;
  data: Record<string, unknown>;
}

/** A message for a namespace, without its sender. */
export type NamespaceMessage = Answer | Omit<ClusterMessage, 'uid'>;

/** Any message of the bus, without its sender. */
export type WireMessage = NodeMessage | NamespaceMessage;

/** A namespace's adapter, as the hub sees it. */
export interface NamespaceReceiver {
  receive(message: ClusterMessage): void;
}

export interface HubOptions extends StartupPolicy {
  readonly whenDown: NonNullable<AdapterOptions['whenDown']>;
  readonly heartbeat: Heartbeat;
  /** Milliseconds in which other nodes have answered one that has just started, if nothing keeps them. */
  readonly answerTime: number;
  readonly onStatus: (status: AdapterStatus) => void;
  /** The messages of applications go another way than the hub's. */
  readonly besides?: boolean;
}
