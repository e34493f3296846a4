import { Namespace, On, OnConnect } from 'colloquy';
import { IsInt } from 'class-validator';
import { Socket } from 'socket.io';
import { Orders } from './orders.js';

class Served {
  @IsInt() id!: number;
}

/** The kitchen's side, over sockets. */
@Namespace('/orders')
export class OrdersController {
  constructor(private readonly orders: Orders) {}

  @OnConnect
  enter(socket: Socket) {
    socket.emit('open', this.orders.open);
  }

  @On()
  serve({ id }: Served) {
    this.orders.serve(id);
  }
}
