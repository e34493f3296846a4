import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  Answered,
  Asked,
  Broadcast,
  ClosedLoop,
  Command,
  FixedRate,
  Latency,
  Lost,
  Reply,
} from './load/commands.js';

type Body = Command extends infer C ? (C extends Command ? Omit<C, 'id' | 'group'> : never) : never;

interface Waiting {
  group: number;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** The load generator's process, seen from the runner. */
export class Loader {
  readonly #process: ChildProcess = fork(fileURLToPath(new URL('load/main.js', import.meta.url)));
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;

  constructor() {
    this.#process.on('message', (reply: Reply | Lost) => {
      if ('lost' in reply) return this.#fail(`a connection was lost: ${reply.lost}`, reply.group);
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error === undefined) waiting?.resolve(reply.result);
      else waiting?.reject(new Error(reply.error));
    });
    this.#process.on('exit', (code) => this.#fail(`the load generator ended with ${code}`));
  }

  /** The clients of one server. */
  clients(group: number): Clients {
    return new Clients((body) => this.#send({ id: ++this.#id, group, ...body } as Command));
  }

  stop(): void {
    this.#process.removeAllListeners('exit');
    this.#process.disconnect();
  }

  #send(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(command.id, { group: command.group, resolve, reject });
      this.#process.send(command);
    });
  }

  /** What is under way has failed: for one server's clients, or for all when the process itself is gone. */
  #fail(reason: string, group?: number): void {
    for (const [id, waiting] of this.#waiting) {
      if (group !== undefined && waiting.group !== group) continue;
      this.#waiting.delete(id);
      waiting.reject(new Error(reason));
    }
  }
}

/** Makes the load generator's clients of one server do something, and resolves when they have done it. */
export class Clients {
  readonly #tell: (body: Body) => Promise<unknown>;

  constructor(tell: (body: Body) => Promise<unknown>) {
    this.#tell = tell;
  }

  /** Adds `count` clients, each connected to `namespaces` namespaces. */
  async connect(port: number, count: number, namespaces: number): Promise<void> {
    await this.#tell({ do: 'connect', port, count, namespaces });
  }

  /** Closes all clients but the first `keep`. */
  async close(keep = 0): Promise<void> {
    await this.#tell({ do: 'close', keep });
  }

  ask(event: string, payload: unknown): Promise<Asked> {
    return this.#tell({ do: 'ask', event, payload }) as Promise<Asked>;
  }

  closedLoop(loop: ClosedLoop): Promise<Answered> {
    return this.#tell({ do: 'closedLoop', ...loop }) as Promise<Answered>;
  }

  fixedRate(rate: FixedRate): Promise<Latency> {
    return this.#tell({ do: 'fixedRate', ...rate }) as Promise<Latency>;
  }

  broadcast(broadcast: Broadcast): Promise<Answered> {
    return this.#tell({ do: 'broadcast', ...broadcast }) as Promise<Answered>;
  }
}
