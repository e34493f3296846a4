import { EventError, Namespace, On, OnJoin, OnLeave, Room, Rooms } from 'colloquy';
import { IsString, Length } from 'class-validator';
import { Socket } from 'socket.io';

class Conversation {
  /** The word that two people agreed on. */
  @IsString() @Length(4, 40) code!: string;
}

class Message extends Conversation {
  @IsString() @Length(1, 2000) text!: string;
}

/** Keeps conversations apart from other rooms, such as the one that each socket has to itself under its id. */
const PREFIX = 'conversation:';

@Namespace('/private')
export class PrivateChatController {
  /** Answers with all conversations that the caller is now in. */
  @On()
  async join({ code }: Conversation, socket: Socket) {
    const room = PREFIX + code;
    const isFull = !socket.rooms.has(room) && socket.nsp.adapter.rooms.get(room)?.size === 2;
    if (isFull) throw new EventError('room_full', 'Two people talk there already.');
    await socket.join(room);
    return { conversations: codesOf(socket.rooms), others: others(socket, room) };
  }

  @On()
  async leave({ code }: Conversation, socket: Socket) {
    await socket.leave(PREFIX + code);
    return { conversations: codesOf(socket.rooms) };
  }

  /** `socket.to` leaves out the sender, who sees the own line when the acknowledgement comes. */
  @On()
  say({ code, text }: Message, socket: Socket, @Rooms() rooms: string[]) {
    if (!rooms.includes(PREFIX + code)) throw new EventError('not_in_room', 'You are not in this conversation.');
    socket.to(PREFIX + code).emit('said', { code, text });
    return { heardBy: others(socket, PREFIX + code) };
  }

  @OnJoin
  arrived(socket: Socket, @Room() room: string) {
    socket.to(room).emit('arrived', codeOf(room));
  }

  @OnLeave
  gone(socket: Socket, @Room() room: string) {
    socket.to(room).emit('gone', codeOf(room));
  }
}

function codesOf(rooms: Iterable<string>): string[] {
  return [...rooms].filter((room) => room.startsWith(PREFIX)).map(codeOf);
}

function codeOf(room: string): string {
  return room.slice(PREFIX.length);
}

/** How many others are in a room that the socket is in. */
function others(socket: Socket, room: string): number {
  return (socket.nsp.adapter.rooms.get(room)?.size ?? 1) - 1;
}
