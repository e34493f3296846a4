import type { Exchange } from './load/commands.js';

/** A payload that keeps the rules of `say`: room of 1 to 40 characters, text of at most 2,000, n an integer. */
export const valid = {
  room: 'general',
  text: 'The quick brown fox jumps over the lazy dog, and then it does so once again.',
  n: 42,
};

/** Breaks two of the three rules. */
export const invalid = { ...valid, room: '', n: 'forty-two' };

export const echo: Exchange = { event: 'echo', payload: valid, answer: 'ack', expect: '{"room":' };
export const say: Exchange = { event: 'say', payload: valid, answer: 'ack', expect: '{"ok":true' };
