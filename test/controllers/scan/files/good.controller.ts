import { Namespace, On } from '../../../../src/index.js';

@Namespace('/good')
export class Good {
  @On() work() {
    return 'good';
  }
}

export const notAClass = 5;
export class NotAController {}
