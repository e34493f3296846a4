import { randomUUID } from 'node:crypto';
import { Background, Data, InjectNamespace, Namespace, On, OnConnect } from 'colloquy';
import { IsString, Length } from 'class-validator';
import { Socket, type Namespace as IoNamespace } from 'socket.io';
import { SharedCounter } from './counter.js';

class Say {
  @IsString() @Length(1, 200) text!: string;
}

/** What other nodes see of a client. */
class Client {
  node = '';
}

/** Names this process on the page. */
const node = process.env.NODE_NAME ?? `node ${process.pid}`;

@Namespace('/cluster')
export class ClusterController {
  readonly #counter = new SharedCounter(randomUUID());

  constructor(@InjectNamespace() private readonly everybody: IoNamespace) {
    everybody.on('parts', (parts: [string, number][]) => {
      const before = this.#counter.total;
      this.#counter.merge(parts);
      if (this.#counter.total !== before) this.#showTotal();
    });
  }

  @OnConnect
  welcome(socket: Socket, @Data() client: Client) {
    client.node = node;
    socket.emit('node', { node });
    socket.emit('total', { total: this.#counter.total });
  }

  /** Reaches every client of every node. */
  @On()
  say({ text }: Say) {
    this.everybody.emit('said', { text, node });
  }

  @On()
  add() {
    this.#counter.add();
    this.#showTotal();
    this.tellParts();
  }

  /** How many clients each node has, asked of all nodes. */
  @On()
  async nodes() {
    const counts = new Map<string, number>();
    for (const { data } of await this.everybody.fetchSockets()) {
      const { node: name } = data as Client;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  }

  /** On every node: who comes late, or missed something, hears all of it within a second. */
  @Background({ every: 1000 })
  tellParts() {
    this.everybody.serverSideEmit('parts', this.#counter.parts);
  }

  /** On one node of the cluster; when that node ends, on another. */
  @Background({ every: 1000, once: 'cluster' })
  tick() {
    this.everybody.emit('tick', { node, time: Date.now() });
  }

  #showTotal() {
    this.everybody.local.emit('total', { total: this.#counter.total });
  }
}
