/** One handler for each row of the contract on the wire, and some that mean harm. */
import { IsInt, IsString } from 'class-validator';
import type { Socket } from 'socket.io';
import {
  Ack,
  ConnectedSocket,
  EventError,
  Namespace,
  On,
  OnConnect,
  reply,
  type AckFunction,
} from '../../src/index.js';

/** Must never be seen by a client. */
export const SECRET = 'the password of the database is hunter2';

export class Point {
  @IsInt() x!: number;
  @IsString() name!: string;
}

function cycle(): object {
  const knot: Record<string, unknown> = {};
  knot['self'] = knot;
  return knot;
}

/** Calls all that it was given, as a promise must not. */
const restless = {
  then(resolve: (value: string) => void, reject: (error: Error) => void) {
    resolve('first');
    resolve('second');
    reject(new Error(SECRET));
    throw new Error(SECRET);
  },
};

@Namespace('/contract')
export class ContractController {
  /** How often a point got through. */
  static runs = 0;

  @OnConnect enter() {}

  @On() value() {
    return { a: 1 };
  }
  @On() async promised() {
    await Promise.resolve();
    return ['later'];
  }
  @On() falsy(which: number) {
    return [0, '', false, null][which];
  }
  @On() nothing() {}
  @On() async nothingLater() {
    await Promise.resolve();
  }
  @On() several() {
    return reply('one', { two: 2 }, [3]);
  }
  @On() async severalLater() {
    await Promise.resolve();
    return reply('one', 2);
  }
  @On() noValues() {
    return reply();
  }
  @On() binary(bytes: Buffer) {
    return { bytes };
  }

  @On() point(point: Point) {
    ContractController.runs++;
    return point;
  }

  @On() room() {
    throw new EventError('room_full', 'No seat is left', { seats: 4 });
  }
  @On() async roomLater() {
    await Promise.resolve();
    throw new EventError('room_full', 'No seat is left');
  }
  @On() unsendableDetails() {
    throw new EventError('odd', 'has details', { big: 1n });
  }
  @On() knottedDetails() {
    throw new EventError('odd', 'has details', cycle());
  }

  @On() throwsError() {
    throw new Error(SECRET);
  }
  @On() throwsUndefined() {
    throw undefined;
  }
  @On() throwsString() {
    throw SECRET;
  }
  @On() throwsNull() {
    throw null;
  }
  @On() throwsObject() {
    throw Object.create(null);
  }
  @On() throwsTrap() {
    throw Object.defineProperty(new Error(SECRET), 'trap', {
      enumerable: true,
      get: () => {
        throw new Error(SECRET);
      },
    });
  }
  @On() rejects() {
    return Promise.reject(new Error(SECRET));
  }
  @On() rejectsUndefined() {
    return Promise.reject();
  }

  @On() returnsCycle() {
    return cycle();
  }
  @On() async returnsCycleLater() {
    await Promise.resolve();
    return cycle();
  }
  @On() returnsBigInt() {
    return { n: 1n };
  }
  @On() repliesBigInt() {
    return reply('fine', 1n);
  }
  @On() returnsTrap() {
    return {
      get trap(): never {
        throw new Error(SECRET);
      },
    };
  }
  @On() returnsBadJson() {
    return {
      toJSON(): never {
        throw new Error(SECRET);
      },
    };
  }
  @On() returnsThenTrap() {
    return {
      get then(): never {
        throw new Error(SECRET);
      },
    };
  }
  @On() returnsSocket(@ConnectedSocket() socket: Socket) {
    return socket;
  }
  @On() returnsThrowingThenable() {
    return {
      then(): never {
        throw new Error(SECRET);
      },
    };
  }
  @On() returnsRestlessThenable() {
    return restless;
  }
  @On('silentThenable', { timeout: 80 }) silentThenable() {
    return { then() {} };
  }
  @On('slow', { timeout: 80 }) slow() {
    return new Promise(() => {});
  }

  @On() byHand(@Ack() ack: AckFunction) {
    ack('by', 'hand');
  }
  @On() byHandLater(@Ack() ack: AckFunction) {
    setTimeout(() => ack('later'), 5);
  }
  @On() byHandTwice(@Ack() ack: AckFunction) {
    ack('first');
    ack('second');
    return 'third';
  }
  @On() byHandUnsendable(@Ack() ack: AckFunction) {
    ack(1n);
    ack('second');
  }
  @On() byHandThenThrows(@Ack() ack: AckFunction) {
    ack('answered');
    throw new Error(SECRET);
  }
  @On() throwsBeforeHand(@Ack() ack: AckFunction) {
    setTimeout(() => ack('too late'), 5);
    throw new Error(SECRET);
  }
  @On() byReturn(@Ack() _ack: AckFunction) {
    return 'returned';
  }
  @On('neverByHand', { timeout: 80 }) neverByHand(@Ack() _ack: AckFunction) {}
}
