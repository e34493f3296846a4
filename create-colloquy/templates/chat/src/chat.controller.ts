import { Auth, Data, InjectNamespace, Namespace, On, OnConnect, OnJoin, OnLeave } from 'colloquy';
import { IsString, Length } from 'class-validator';
import { Namespace as IoNamespace, Socket, type DefaultEventsMap } from 'socket.io';
import { Line, type Events } from './events.js';
import { History } from './history.js';

export class Visitor {
  @IsString() @Length(1, 30) name!: string;
}

export class Say {
  @IsString() @Length(1, 2000) text!: string;
}

/** What is remembered of a socket. */
class Member {
  name = '';
}

const ROOM = 'chat';

@Namespace('/chat')
export class ChatController {
  constructor(
    private readonly history: History,
    @InjectNamespace() private readonly chat: IoNamespace<DefaultEventsMap, Events>,
  ) {}

  /** Runs before the client is told that it is connected. A name that breaks the rules is refused. */
  @OnConnect
  enter(@Auth() visitor: Visitor, @Data() member: Member) {
    member.name = visitor.name;
  }

  /** What is returned is the acknowledgement: the last lines. */
  @On('join', { returns: { each: Line } })
  async join(socket: Socket) {
    await socket.join(ROOM);
    return [...this.history.lines];
  }

  @On('say', { returns: Line })
  say({ text }: Say, @Data() member: Member) {
    const line = this.history.add({ name: member.name, text, at: new Date() });
    this.chat.to(ROOM).emit('said', line);
    return line;
  }

  /** Runs for everybody who comes or goes, also for those who only closed their browser. */
  @OnJoin
  @OnLeave
  async tell() {
    const sockets = await this.chat.in(ROOM).fetchSockets();
    const names = sockets.map(({ data }) => (data as Member).name).toSorted();
    this.chat.to(ROOM).emit('people', { names });
  }
}
