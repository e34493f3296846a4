/** Messages between nodes for those who subscribe to `colloquy:bus`, with the texts that travel beside them. */
import { busChannel } from '../../../base/channels/index.js';
import type { BusOutcome, BusStart } from '../../../base/channels/messages.js';

/** A message of an application, from one node to others. Heartbeats and the like have no namespace, or no data. */
export interface CarriedMessage {
  readonly nsp?: string;
  readonly data?: object;
}

/** The link that a message goes through. */
export interface BusPlace {
  readonly node: string;
  readonly engine: string;
}

/** Whether there is a subscriber, and it is a message of an application. */
export function isObserved(message: object): message is Required<CarriedMessage> {
  if (!busChannel.hasSubscribers) return false;
  const { nsp, data } = message as CarriedMessage;
  return nsp !== undefined && typeof data === 'object' && data !== null;
}

/** Sends a message by `send`, which says what became of it, with the headers that subscribers add. */
export function publishObserved<Message extends Required<CarriedMessage>>(
  place: BusPlace,
  peer: string,
  message: Message,
  send: (message: Message) => BusOutcome['kind'],
): void {
  const headers: Record<string, string> = {};
  const start = startOf(place, 'out', peer, message.nsp, headers);
  observe(start, () => {
    const isAlone = Object.keys(headers).length === 0;
    return send(isAlone ? message : { ...message, data: { ...message.data, headers } });
  });
}

/** Follows a message of another node by `follow`. */
export function followObserved(
  place: BusPlace,
  peer: string,
  message: Required<CarriedMessage>,
  follow: () => void,
): void {
  observe(startOf(place, 'in', peer, message.nsp, headersOf(message.data)), () => {
    follow();
    return 'done';
  });
}

function headersOf(data: object): Record<string, string> {
  const { headers } = data as { readonly headers?: unknown };
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string')) as Record<
    string,
    string
  >;
}

function startOf(
  place: BusPlace,
  direction: 'out' | 'in',
  peer: string,
  namespace: string,
  headers: Record<string, string>,
): BusStart {
  return { type: 'start', ...place, direction, peer, namespace, headers, startedAt: performance.now() };
}

function observe(start: BusStart, work: () => BusOutcome['kind']): void {
  const end = (outcome: BusOutcome): void =>
    busChannel.publish({ ...start, type: 'end', duration: performance.now() - start.startedAt, outcome });
  try {
    busChannel.runStores(start, () => end({ kind: work() }));
  } catch (error) {
    end({ kind: 'failed', error });
    throw error;
  }
}

/** Tells of messages to all that have come back from the broker. */
export function observeConfirmed(place: BusPlace, messages: number, startedAt: number): void {
  const duration = performance.now() - startedAt;
  if (busChannel.hasSubscribers) busChannel.publish({ type: 'confirmed', ...place, messages, startedAt, duration });
}
