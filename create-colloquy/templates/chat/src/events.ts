import { IsDate, IsString } from 'class-validator';
import type { EventsOf } from 'colloquy';

/** A line of the conversation, as clients receive it. */
export class Line {
  @IsString() name!: string;
  @IsString() text!: string;
  @IsDate() at!: Date;
}

/** Everybody who is here. */
export class People {
  @IsString({ each: true }) names!: string[];
}

/** What is sent to clients: typed where it is emitted, checked before it leaves. */
export const events = { said: Line, people: People } as const;

export type Events = EventsOf<typeof events>;
