/** The contract that the tests of its views begin with. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Auth, EventContext, Namespace, On, OnConnect, Payload, reply, type Contract } from '../../src/index.js';
import { createTestApp } from '../../src/testing/index.js';

export class Credentials {
  @IsString() @Length(8, 200) token!: string;
}
export class Line {
  @IsString() text!: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Line) answers?: Line[];
  @Type(() => Date) @IsOptional() at?: Date;
}
export class Say {
  @IsString() @MaxLength(20) room!: string;
  @IsIn(['low', 'high']) priority!: 'low' | 'high';
  @IsArray() @IsInt({ each: true }) @Min(1, { each: true }) marks!: number[];
  @IsOptional() @IsString() @Matches(/^[a-z]+$/) note?: string;
}

@Namespace('/chat')
export class Chat {
  @OnConnect enter(@Auth() _who: Credentials): void {}
  @On('say', { returns: Line, throws: ['room_full'], summary: 'Says it.', deprecated: 'use tell' })
  say(say: Say, _context: EventContext, @Payload({ optional: true }) _times?: number): Line {
    return Object.assign(new Line(), { text: say.room });
  }
  @On('count', { returns: [Number, String] }) count() {
    return reply(1, 'b');
  }
  @On() named(@Payload('room') room: string, @Payload('size', { optional: true }) _size?: number): string {
    return room;
  }
}

/** What the sample's application says of itself. */
export async function sampleContract(): Promise<Contract> {
  const app = await createTestApp({
    controllers: [Chat],
    emits: { said: Line, moved: [{ each: Line }, Number], cleared: [] },
  });
  try {
    return app.contract();
  } finally {
    await app.close();
  }
}
