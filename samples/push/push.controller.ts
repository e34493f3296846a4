import { Background, InjectNamespace, Namespace } from 'colloquy';
import type { Namespace as IoNamespace } from 'socket.io';

/** How to do it: one piece of work for all, that begins with the first client and ends with the last. */
@Namespace('/push')
export class PushController {
  #number = 0;

  constructor(@InjectNamespace() private readonly clients: IoNamespace) {}

  @Background({ every: 2000, start: 'first-client', stop: 'last-client' })
  tell() {
    this.clients.emit('news', { number: ++this.#number, loops: 1, clients: this.clients.sockets.size });
  }
}
