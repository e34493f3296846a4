/** A program of its own for `signals.test.ts`: prints the port, then what happens. */
import { createApp, Namespace, On, OnDisconnect } from '../../src/index.js';

@Namespace('/signals')
class Signals {
  @On() async slow(time: number) {
    console.log('began');
    await new Promise((resolve) => setTimeout(resolve, time));
    return 'done';
  }
  @OnDisconnect leave(reason: string) {
    console.log(`left ${reason}`);
  }
}

const app = await createApp({ controllers: [Signals], logger: false });
const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(port);
