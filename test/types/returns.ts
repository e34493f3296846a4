/** What `returns` accepts; it is compiled, never run. */
import { IsString } from 'class-validator';
import { Namespace, On, reply, type Reply } from '../../src/index.js';

class Said {
  @IsString() text!: string;
  shout(): string {
    return this.text;
  }
}

/** Values of `reply` keep their types. */
export const pair: Reply<[number, string]> = reply(1, 'b');

@Namespace('/')
export class Right {
  @On('instance', { returns: Said }) instance() {
    return new Said();
  }
  @On('data', { returns: Said }) async data() {
    return Promise.resolve({ text: 'a' });
  }
  @On('list', { returns: { each: Said } }) list() {
    return [{ text: 'a' }];
  }
  @On('two', { returns: [Number, String] }) two() {
    return reply(1, 'b');
  }
  @On('nothing', { returns: [] }) nothing() {}
  @On('more', { returns: String, throws: ['full'], summary: 'Says it.', deprecated: true, timeout: 5 }) more() {
    return 'a';
  }
}

@Namespace('/')
export class Wrong {
  // @ts-expect-error another type
  @On('text', { returns: Said }) text() {
    return 'a';
  }
  // @ts-expect-error a promise of another type
  @On('late', { returns: Said }) async late() {
    return Promise.resolve({ txet: 'a' });
  }
  // @ts-expect-error one value for a list
  @On('list', { returns: { each: Said } }) list() {
    return new Said();
  }
  // @ts-expect-error the values are the other way round
  @On('two', { returns: [Number, String] }) two() {
    return reply('b', 1);
  }
  // @ts-expect-error something for nothing
  @On('nothing', { returns: [] }) nothing() {
    return 1;
  }
}
