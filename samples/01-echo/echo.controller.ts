import { Data, Emit, EventError, Namespace, On, OnConnect, OnJoin, OnLeave, Rooms } from 'colloquy';
import { IsString, Length } from 'class-validator';
import { Socket } from 'socket.io';

class Text {
  @IsString() @Length(1, 2000) data!: string;
}

class RoomName {
  @IsString() @Length(1, 40) room!: string;
}

class RoomText extends RoomName {
  @IsString() @Length(1, 2000) data!: string;
}

/** What is remembered of one client between its messages. */
class Session {
  received = 0;
}

@Namespace('/test')
export class EchoController {
  @OnConnect
  welcome(socket: Socket) {
    socket.emit('my_response', { data: 'Connected', count: 0 });
  }

  @On('my_event')
  echo({ data }: Text, socket: Socket, @Data() session: Session) {
    socket.emit('my_response', { data, count: ++session.received });
  }

  @On('my_broadcast_event')
  broadcast({ data }: Text, socket: Socket, @Data() session: Session) {
    socket.nsp.emit('my_response', { data, count: ++session.received });
  }

  @On()
  async join({ room }: RoomName, socket: Socket, @Data() session: Session) {
    session.received++;
    await socket.join(room);
  }

  @On()
  async leave({ room }: RoomName, socket: Socket, @Data() session: Session) {
    session.received++;
    await socket.leave(room);
  }

  @On('my_room_event')
  sendToRoom({ room, data }: RoomText, socket: Socket, @Data() session: Session) {
    socket.nsp.to(room).emit('my_response', { data, count: ++session.received });
  }

  /** Only who is in a room may close it; otherwise anyone could empty the room that every socket has to itself. */
  @On('close_room', { throws: ['not_in_room'] })
  close({ room }: RoomName, socket: Socket, @Data() session: Session) {
    if (!socket.rooms.has(room)) throw new EventError('not_in_room', `You are not in ${room}.`);
    socket.nsp.to(room).emit('my_response', { data: `Room ${room} is closing.`, count: ++session.received });
    socket.nsp.in(room).socketsLeave(room);
  }

  /** Runs whatever the cause: the client asked for it, or somebody closed the room. */
  @OnJoin
  @OnLeave
  roomsChanged(socket: Socket, @Rooms() rooms: string[], @Data() session: Session) {
    const named = rooms.filter((room) => room !== socket.id);
    socket.emit('my_response', {
      data: `In rooms: ${named.join(', ') || 'none'}`,
      count: session.received,
      rooms: named,
    });
  }

  /** The acknowledgement is the pong; the page of Flask-SocketIO asks for none, and waits for an event. */
  @On('my_ping')
  @Emit('my_pong')
  ping() {}

  @On('disconnect_request')
  disconnect(socket: Socket, @Data() session: Session) {
    socket.emit('my_response', { data: 'Disconnected!', count: ++session.received });
    socket.disconnect();
  }
}
