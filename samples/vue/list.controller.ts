import { EventError, InjectNamespace, Namespace, On, OnConnect } from 'colloquy';
import { IsBoolean, IsInt, IsString, Length } from 'class-validator';
import { Socket, type Namespace as IoNamespace } from 'socket.io';

class NewItem {
  @IsString() @Length(1, 80) text!: string;
}

class ItemId {
  @IsInt() id!: number;
}

class Tick extends ItemId {
  @IsBoolean() done!: boolean;
}

interface Item {
  readonly id: number;
  readonly text: string;
  readonly done: boolean;
}

const LIMIT = 50;

/** One shopping list for everybody: who connects gets it whole, and everybody hears of each change. */
@Namespace('/list')
export class ListController {
  readonly #items = new Map<number, Item>();
  #last = 0;

  constructor(@InjectNamespace() private readonly everybody: IoNamespace) {}

  @OnConnect
  enter(socket: Socket) {
    socket.emit('items', [...this.#items.values()]);
  }

  @On()
  add({ text }: NewItem) {
    if (this.#items.size >= LIMIT) throw new EventError('list_full', `A list has ${LIMIT} items at the most.`);
    this.#put({ id: ++this.#last, text, done: false });
  }

  @On()
  tick({ id, done }: Tick) {
    const item = this.#items.get(id);
    if (item) this.#put({ ...item, done });
  }

  @On()
  remove({ id }: ItemId) {
    if (this.#items.delete(id)) this.everybody.emit('removed', id);
  }

  #put(item: Item) {
    this.#items.set(item.id, item);
    this.everybody.emit('item', item);
  }
}
