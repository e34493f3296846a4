/** An application that tells of everything it does, so that two of them can be compared. */
import type { Server as HttpServer } from 'node:http';
import { Socket } from 'socket.io';
import { Type } from 'class-transformer';
import { IsInt, IsString, Length, MaxLength, ValidateNested } from 'class-validator';
import {
  Ack,
  Args,
  createApp,
  EventError,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  Reason,
  reply,
  type AckFunction,
  type App,
  type AppOptions,
} from '../../../src/index.js';
import { recordingLog, type RecordingLog } from '../../support/log.js';
import { act, type Scene } from './actions.js';
import type { Step } from './conversations.js';
import { attach, MemoryClient, settle, socketOf } from './memory-client.js';

class Say {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() n!: number;
}

class Crowd {
  @ValidateNested({ each: true }) @Type(() => Say) all!: Say[];
  @IsInt({ message: '"$property" of $target\n is no é', context: { code: 7 } }) many!: number;
  @IsString({ message: 'not $value' }) name!: string;
}

class Dto {
  constructor(readonly value: unknown) {}
}

class Sized {
  constructor(private readonly value: unknown) {}
  toJSON(): unknown {
    return { sized: this.value };
  }
}

type Tell = (...what: unknown[]) => void;

const circle: { self?: object } = {};
circle.self = circle;

function handlers(path: string, tell: Tell, scene: (socket: Socket) => Scene) {
  @Namespace(path)
  class Stage {
    @OnConnect enter() {
      tell('connect', path);
    }

    @OnDisconnect leave(@Reason() reason: string) {
      tell('disconnect', path, reason);
    }

    @On() echo(@Args() args: unknown[]) {
      tell('echo', path, args);
      return args.length > 1 ? reply(...args) : args[0];
    }

    @On() say(said: Say) {
      tell('say', path, said, said instanceof Say);
      return { ok: true, n: said.n };
    }

    @On() crowd(crowd: Crowd) {
      tell('crowd', path, crowd);
      return crowd.all.length;
    }

    @On() again(said: Say) {
      tell('again', path);
      return said;
    }

    @On() async later(@Args() args: unknown[]) {
      tell('later', path, args);
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      tell('later, still', path);
      return args;
    }

    @On() nothing() {
      tell('nothing', path);
    }

    @On() several() {
      return reply(1, 'é', { deep: [null, undefined, Number.NaN] }, undefined);
    }

    @On() byHand(@Ack() answer: AckFunction) {
      tell('byHand', path);
      process.nextTick(() => answer('by hand', 2));
    }

    @On() twice(@Ack() answer: AckFunction) {
      answer('once');
      answer('twice');
    }

    @On() bytes() {
      return { name: 'a file', bytes: Buffer.from('abc') };
    }

    @On() dated() {
      return { at: new Date(0), in: [new Dto([new Dto(1)]), Object.create(null)] };
    }

    @On() sized(@Args() args: unknown[]) {
      return { list: [new Sized(args), new Dto(args)] };
    }

    @On() fails() {
      throw new EventError('mine', 'It failed.', { why: 'because' });
    }

    @On() loops() {
      return circle;
    }

    @On() big() {
      return 1n;
    }

    @On() tells(socket: Socket) {
      socket.emit('news', 1);
      socket.nsp.emit('news', 2);
      return 'told';
    }

    @On() tellsVolatile(socket: Socket) {
      socket.volatile.emit('news', 'volatile');
    }

    @On() act(action: unknown, socket: Socket) {
      tell('act', path, action);
      act(action, scene(socket));
      return action;
    }
  }
  return Stage;
}

export class Stage {
  readonly #heard: string[] = [];
  #client: MemoryClient | undefined;

  private constructor(
    readonly app: App,
    private readonly server: HttpServer,
    private readonly log: RecordingLog,
    private readonly isMeasured: boolean,
  ) {}

  static async open(options: Omit<AppOptions, 'controllers'>): Promise<Stage> {
    const log = recordingLog();
    const tell: Tell = (...what) => stage.#tell(...what);
    const scene = (socket: Socket): Scene => stage.#scene(socket);
    const controllers = [handlers('/', tell, scene), handlers('/chat', tell, scene)];
    const app = await createApp({
      logger: log,
      printTable: false,
      signals: false,
      unvalidated: 'allow',
      ...options,
      controllers,
    });
    const stage = new Stage(app, attach(app), log, options.metrics !== undefined);
    app.io.of('/plain').on('connection', (socket) => {
      socket.on('echo', (value: unknown, answer?: unknown) => {
        tell('plain echo', value);
        if (typeof answer === 'function') (answer as AckFunction)(value);
      });
    });
    return stage;
  }

  /** Everything that one client's conversation makes the application do, and all that it reads, in order. */
  async play(steps: readonly Step[]): Promise<readonly string[]> {
    this.#heard.length = 0;
    const before = this.log.lines.length;
    const client = new MemoryClient(this.server, (bytes) => this.#tell('write', bytes));
    this.#client = client;
    await client.open();
    client.send('40', '40/chat,');
    await settle();
    for (const step of steps) {
      if ('chunk' in step) client.chunk(step.chunk);
      else {
        const socket = socketOf(this.app, '/chat') ?? socketOf(this.app, '/');
        if (socket) act(step.act, this.#scene(socket));
      }
      if (step.rests) await settle();
    }
    await settle();
    client.end.drain();
    await settle();
    const socket = socketOf(this.app, '/chat') ?? socketOf(this.app, '/');
    const { hasRefreshedPingTimeout } = (socket?.conn ?? {}) as { readonly hasRefreshedPingTimeout?: boolean };
    this.#tell('left', socket?.connected, socket?.conn.readyState, hasRefreshedPingTimeout, client.end.destroyed);
    await client.close();
    await settle();
    const lines = this.log.lines.slice(before).map(({ level, message }) => `${level} ${message}`);
    const counts = JSON.stringify(this.app.health().counts);
    return [...this.#heard, ...lines, counts, ...this.#bytes()].map(withoutIds);
  }

  /** Whether the client's events took the lane in its last conversation. */
  get lane(): number {
    return this.app.health().fastLane;
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  /** The bytes of all clients until now, in both directions, if the application counts them. */
  #bytes(): readonly string[] {
    if (!this.isMeasured) return [];
    return this.app.metrics().match(/^colloquy_(?:received|sent)_bytes_total\{.*$/gm) ?? [];
  }

  #scene(socket: Socket): Scene {
    const { end } = this.#client!;
    return {
      socket,
      heard: (...values) => this.#tell('heard', ...values),
      fill: () => end.fill(),
      drain: () => end.drain(),
    };
  }

  #tell(...what: unknown[]): void {
    this.#heard.push(textOf(what));
  }
}

const textOf = (what: readonly unknown[]): string => {
  try {
    return JSON.stringify(what, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  } catch {
    return what.map(String).join(' ');
  }
};

/** Ids are random. */
const withoutIds = (text: string): string =>
  text
    .replace(/"[\w-]{20}(\\*")/g, '"…$1')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '…');
