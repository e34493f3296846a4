/** What subscribers of the channels may read: kinds of endings are told apart by their words; it is compiled, never run. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { channels, type BusMessage, type CallMessage, type TypedChannel } from '../../src/telemetry/index.js';

/** Each message of a channel narrows by its type, and each ending by its kind. */
export function subscribes(): void {
  channels.call.subscribe((message, name) => {
    const text: string = name + message.id + message.declared.event;
    if (message.type === 'start') return [text, message.waited satisfies number];
    const { outcome, answer, duration } = message;
    if (outcome.kind === 'timed_out') return outcome.limit === 'handlerTime';
    // @ts-expect-error no call ends so
    if (outcome.kind === 'sent') return false;
    // @ts-expect-error no limit has this name
    if (outcome.limit === 'patience') return false;
    return [answer?.[0] satisfies unknown, duration satisfies number];
  });
  channels.connection.subscribe((message) => {
    if (message.type === 'accepted') return message.recovered satisfies boolean;
    if (message.type === 'end') return [message.outcome.kind === 'cut', message.reason satisfies string | undefined];
    // @ts-expect-error it has not ended yet
    return message.outcome;
  });
  channels.emit.subscribe((message) => {
    if (message.type === 'end' && message.outcome.kind === 'answered') return message.args satisfies readonly unknown[];
    // @ts-expect-error emissions are not refused
    return message.type === 'end' && message.outcome.kind === 'refused';
  });
  channels.background.subscribe((message) => {
    if (message.type === 'end' && message.outcome.kind === 'stopped') return message.work satisfies string;
    // @ts-expect-error work has no namespace
    return message.namespace;
  });
  channels.bus.subscribe((message) => {
    if (message.type === 'confirmed') return message.messages satisfies number;
    if (message.type === 'start') message.headers['traceparent'] = 'x';
    // @ts-expect-error of messages that are confirmed there is only a number
    return message.type === 'end' && message.messages;
  });
}

/** A store holds what is made of the message, and a subscriber belongs to its channel. */
export function binds(numbers: AsyncLocalStorage<number>, onBus: (message: BusMessage) => void): void {
  channels.call.bindStore(numbers, ({ startedAt }) => startedAt);
  // @ts-expect-error a text is no number
  channels.call.bindStore(numbers, ({ id }) => id);
  // @ts-expect-error a subscriber of another channel
  channels.call.subscribe(onBus);
  const channel: TypedChannel<CallMessage> = channels.call;
  // @ts-expect-error messages are read, not written
  channel.subscribe((message) => (message.handler = 'other'));
}
