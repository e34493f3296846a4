/** An application whose contract has all that the page shows: every kind of field, families, answers, emissions. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Socket } from 'socket.io';
import {
  Args,
  Auth,
  call,
  Emit,
  EventError,
  Namespace,
  On,
  OnAny,
  OnConnect,
  Param,
  Payload,
  Query,
  reply,
  type AppOptions,
} from '../../../src/index.js';

export class Credentials {
  @IsString() @Length(3, 40) token!: string;
}

export class Piece {
  @IsString() @Length(1, 10) name!: string;
  @IsInt() @Min(1) @Max(9) count!: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Piece) parts?: Piece[];
}

export class Order {
  @IsString() @MaxLength(40) title!: string;
  @IsIn(['low', 'high']) priority!: 'low' | 'high';
  @IsBoolean() urgent!: boolean;
  @IsArray() @IsInt({ each: true }) @Min(1, { each: true }) marks!: number[];
  @ValidateNested() @Type(() => Piece) main!: Piece;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Piece) pieces!: Piece[];
  @IsOptional() @ValidateNested() @Type(() => Piece) spare?: Piece;
  @IsOptional() @Type(() => Date) at?: Date;
  @IsOptional() @IsString() note?: string;
}

export class Receipt {
  @IsString() id!: string;
  @IsInt() total!: number;
}

@Namespace('/orders')
export class OrderController {
  @OnConnect enter(@Auth() { token }: Credentials, @Query('version') _version: string): void {
    if (token === 'nobody') throw new EventError('unknown_token', 'Nobody knows this token.');
  }

  @On('order', { returns: Receipt, throws: ['out_of_stock'], summary: 'Orders pieces.' })
  @Emit('ordered', { to: 'all' })
  order(order: Order): Receipt {
    if (order.title === 'moon') throw new EventError('out_of_stock', 'There is only one.');
    return Object.assign(new Receipt(), { id: order.title, total: order.pieces.length + order.main.count });
  }

  @On('size', { returns: [Number, String], deprecated: 'use order' })
  size(name: string, factor: number, @Payload({ optional: true }) exact?: boolean) {
    return reply(name.length * factor, exact === true ? 'exact' : 'about');
  }

  @On() pair(left: Piece, right: Piece) {
    return left.count - right.count;
  }

  @On() named(@Payload('room') room: string, @Payload('size', { optional: true }) size?: number) {
    return { room, size };
  }

  @On() sum(@Args() values: unknown[]) {
    return values.reduce<number>((sum, each) => sum + Number(each), 0);
  }

  @On() bytes(data: Buffer) {
    return data.length;
  }

  @On() async question(socket: Socket) {
    return { answer: await call(socket, 'ready', 1) };
  }

  @OnAny() any(@Args() args: unknown[]) {
    return args;
  }
}

@Namespace('/game/:id')
export class GameController {
  @On() whoami(@Param('id') id: number, socket: Socket) {
    return { id, query: socket.handshake.query['version'] };
  }
}

export const rich = {
  controllers: [OrderController, GameController],
  emits: { ordered: Receipt, moved: [{ each: Piece }, Number], ready: [Number, Function], cleared: [] },
} as const satisfies Pick<AppOptions, 'controllers' | 'emits'>;
