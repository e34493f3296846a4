import { Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';

export type Dto = new () => object;

/** Three fields, seven rules: a message of a chat. */
class Chat {
  @IsString() @Length(1, 40) room!: string;
  @IsString() @MaxLength(2000) text!: string;
  @IsInt() @Min(0) ts!: number;
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
class Order {
  @IsString() id!: string;
  @ValidateNested() @Type(() => Address) shipTo!: Address;
  @ValidateNested() @Type(() => Address) billTo!: Address;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
}

const address = { street: 'Main Street 1', city: 'Springfield' };

/** A payload, and whether it keeps the rules of its class. */
export interface Sample {
  readonly type: Dto;
  readonly payload: object;
  readonly isValid: boolean;
}

/** A valid payload of each class, and one that breaks three rules. */
export const payloads: Readonly<Record<'flat' | 'nested' | 'rejected', Sample>> = {
  flat: { type: Chat, payload: { room: 'lobby', text: 'hello everybody', ts: 1_700_000_000 }, isValid: true },
  rejected: { type: Chat, payload: { room: 'lobby', text: 5, ts: -1 }, isValid: false },
  nested: {
    type: Order,
    isValid: true,
    payload: {
      id: 'o-1',
      shipTo: address,
      billTo: address,
      items: Array.from({ length: 20 }, (_, i) => ({ sku: `sku-${i}`, count: i + 1, price: 9.5, note: 'gift' })),
    },
  },
};

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
