import { Auth, Data, EventError, Namespace, On, OnConnect, OnJoin, OnLeave, Room } from 'colloquy';
import { IsString, Length } from 'class-validator';
import { Socket } from 'socket.io';

class Visitor {
  @IsString() @Length(1, 30) name!: string;
}

class RoomName {
  @IsString() @Length(1, 30) room!: string;
}

class Message extends RoomName {
  @IsString() @Length(1, 2000) text!: string;
}

class Said extends Message {
  @IsString() name!: string;
}

class Presence extends RoomName {
  @IsString() name!: string;
  @IsString({ each: true }) present!: string[];
}

/** What is sent to clients. */
export const events = { said: Said, entered: Presence, left: Presence } as const;

/** What is remembered of a socket. */
class Member {
  name = '';
}

@Namespace('/chat')
export class ChatController {
  /** Without a name that passes the rules of `Visitor`, nobody is let in. */
  @OnConnect
  enter(@Auth() visitor: Visitor, @Data() member: Member) {
    member.name = visitor.name;
  }

  @On('join', { returns: [] })
  async join({ room }: RoomName, socket: Socket) {
    await socket.join(room);
  }

  @On('leave', { returns: [] })
  async leave({ room }: RoomName, socket: Socket) {
    await socket.leave(room);
  }

  @On('say', { returns: [], throws: ['not_in_room'], summary: 'Says something to everybody in a room.' })
  say({ room, text }: Message, socket: Socket, @Data() member: Member) {
    if (!socket.rooms.has(room)) throw new EventError('not_in_room', `You are not in ${room}.`);
    socket.nsp.to(room).emit('said', { room, name: member.name, text });
  }

  @OnJoin
  async entered(socket: Socket, @Room() room: string, @Data() member: Member) {
    socket.nsp.to(room).emit('entered', { room, name: member.name, present: await this.#present(socket, room) });
  }

  /** Runs for everybody who goes, also for those who only closed their browser. */
  @OnLeave
  async left(socket: Socket, @Room() room: string, @Data() member: Member) {
    socket.nsp.to(room).emit('left', { room, name: member.name, present: await this.#present(socket, room) });
  }

  async #present(socket: Socket, room: string): Promise<string[]> {
    const sockets = await socket.nsp.in(room).fetchSockets();
    return sockets.map(({ data }) => (data as Member).name).sort((a, b) => a.localeCompare(b));
  }
}
