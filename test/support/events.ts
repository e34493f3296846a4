/** What the applications and emitters of these tests may send. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsInstance, IsNumber, IsString, Length, ValidateNested } from 'class-validator';

export class Author {
  @IsString() name!: string;
  secret?: string;

  constructor(name?: string, secret?: string) {
    if (name !== undefined) Object.assign(this, { name, secret });
  }
}

export class Said {
  @IsString() @Length(1, 20) text!: string;
}

export class Point {
  @IsNumber() x!: number;
}

export class Letter {
  @ValidateNested() @Type(() => Author) from!: Author;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Author) to!: Author[];
  @IsDate() @Type(() => Date) at!: Date;
  @IsInstance(Buffer) seal!: Uint8Array;
}

export const events = {
  said: Said,
  moved: [Point, Number],
  drawn: { each: Point },
  named: { each: String },
  letter: Letter,
  bytes: Buffer,
  anything: Object,
  cleared: [],
  message: String,
  asked: [String, Function],
} as const;
