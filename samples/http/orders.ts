import { EventError, InjectNamespace } from 'colloquy';
import type { Namespace } from 'socket.io';
import { singleton } from 'tsyringe';

export interface Order {
  readonly id: number;
  readonly dish: string;
  readonly ordered: string;
}

/** The kitchen sees no more than this; whoever orders then has to wait. */
const LIMIT = 20;

/** The orders of the kitchen. It knows nothing of HTTP, and tells all sockets of `/orders` what changes. */
@singleton()
export class Orders {
  readonly #open = new Map<number, Order>();
  #last = 0;

  constructor(@InjectNamespace('/orders') private readonly sockets: Namespace) {}

  get open(): Order[] {
    return [...this.#open.values()];
  }

  /** @throws EventError `kitchen_full` */
  add(dish: string): Order {
    if (this.#open.size >= LIMIT) throw new EventError('kitchen_full', `There are ${LIMIT} open orders already.`);
    const order = { id: ++this.#last, dish, ordered: new Date().toISOString() };
    this.#open.set(order.id, order);
    this.sockets.emit('ordered', order);
    return order;
  }

  /** @throws EventError `no_such_order` */
  serve(id: number): void {
    if (!this.#open.delete(id)) throw new EventError('no_such_order', 'There is no such open order.');
    this.sockets.emit('served', id);
  }
}
