import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsEnum,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';

/** Three fields, seven rules: a message of a chat. */
export class Chat {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() @Min(0) ts!: number;
}

/** Some of everything; the check of the e-mail address costs more than all others together. */
export class User {
  @IsUUID('4') id!: string;
  @IsString() @Matches(/^[a-z0-9_]+$/) name!: string;
  @IsEmail() email!: string;
  @IsEnum(['admin', 'member']) role!: string;
  @IsInt() @Min(0) @Max(150) age!: number;
  @IsOptional() @IsString() bio?: string;
  @IsArray() @IsString({ each: true }) @ArrayMaxSize(10) tags!: string[];
  @Type(() => Date) since!: Date;
}

class Address {
  @IsString() @Length(1, 80) street!: string;
  @IsString() @Length(1, 80) city!: string;
}

class Item {
  @IsString() @Length(1, 40) sku!: string;
  @IsInt() @Min(1) count!: number;
  @IsNumber() @Min(0) price!: number;
  @IsOptional() @IsString() note?: string;
}

/** Two nested objects and twenty nested items. */
export class Order {
  @IsString() id!: string;
  @ValidateNested() @Type(() => Address) shipTo!: Address;
  @ValidateNested() @Type(() => Address) billTo!: Address;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
}

const address = { street: 'Main Street 1', city: 'Springfield' };

/** A valid payload of each. */
export const VALID: Readonly<Record<string, readonly [new () => object, object]>> = {
  chat: [Chat, { room: 'lobby', text: 'hello everybody', ts: 1_700_000_000 }],
  user: [
    User,
    {
      id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      name: 'jane_doe',
      email: 'jane.doe@example.org',
      role: 'admin',
      age: 30,
      tags: ['a', 'b', 'c'],
      since: '2020-01-01T00:00:00Z',
    },
  ],
  order: [
    Order,
    {
      id: 'o-1',
      shipTo: address,
      billTo: address,
      items: Array.from({ length: 20 }, (_, i) => ({ sku: `sku-${i}`, count: i + 1, price: 9.5, note: 'gift' })),
    },
  ],
};

/** A chat message that breaks three rules. */
export const INVALID_CHAT = { room: '', text: 5, ts: 1 };

/** Declares classes of six properties and two rules each, and uses each once, as an application would have. */
export function declareOthers(count: number): void {
  for (let i = 0; i < count; i++) {
    class Other {}
    for (const property of ['a', 'b', 'c', 'd', 'e', 'f']) {
      IsString()(Other.prototype, property);
      MaxLength(10)(Other.prototype, property);
    }
    validateSync(Object.assign(new Other(), { a: '', b: '', c: '', d: '', e: '', f: '' }));
  }
}
