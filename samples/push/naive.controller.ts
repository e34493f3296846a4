import { Namespace, OnConnect } from 'colloquy';
import { Socket } from 'socket.io';

/** Only so that this sample harms nobody: the mistake itself knows no limit. */
const MOST_LOOPS = 20;

/** How not to do it: whoever connects starts one more loop, every loop tells everybody, and none of them ever ends. */
@Namespace('/naive')
export class NaiveController {
  #loops = 0;
  #number = 0;

  @OnConnect
  enter(socket: Socket) {
    if (this.#loops === MOST_LOOPS) return;
    this.#loops++;
    const clients = socket.nsp;
    setInterval(() => {
      clients.emit('news', { number: ++this.#number, loops: this.#loops, clients: clients.sockets.size });
    }, 2000);
  }
}
