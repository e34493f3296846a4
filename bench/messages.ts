import type { Exchange } from './load/commands.js';

/** A payload that keeps the rules of `say`: room of 1 to 40 characters, text of at most 2,000, n an integer. */
export const valid = {
  room: 'general',
  text: 'The quick brown fox jumps over the lazy dog, and then it does so once again.',
  n: 42,
};

/** A payload that keeps the rules of `order`. */
export const order = {
  sku: 'AB-1234-56',
  customer: 'Ada Lovelace',
  note: 'Please ring twice: the bell of the house is a quiet one.',
  count: 3,
  cents: 129_900,
};

/** What a client shows at the gate. */
export const auth = { token: 'a token of the benchmark' };

/** Breaks two of the three rules. */
export const invalid = { ...valid, room: '', n: 'forty-two' };

export const echo: Exchange = { event: 'echo', payload: valid, answer: 'ack', expect: '{"room":' };
export const ordering: Exchange = { event: 'order', payload: order, answer: 'ack', expect: '{"ok":true' };
export const say: Exchange = { event: 'say', payload: valid, answer: 'ack', expect: '{"ok":true' };
