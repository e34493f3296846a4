import { Namespace, On } from '../../../../src/index.js';

@Namespace('/default')
export default class ByDefault {
  @On() work() {
    return 'default';
  }
}
