import 'reflect-metadata';
import type * as Validator from 'class-validator';
import type * as Transformer from 'class-transformer';

type Libraries = Pick<typeof Validator, 'IsString' | 'Length' | 'MaxLength' | 'IsInt' | 'validateSync'> &
  Pick<typeof Transformer, 'plainToInstance'>;
type Dto = new () => object;

/** A new class with the fields and rules of the contract's `say`, made by the contender's own copy of class-validator. */
export function makeDto(name: string, library: Libraries): Dto {
  const dto = { [name]: class {} }[name] as Dto;
  const field = (key: string, type: unknown, ...rules: PropertyDecorator[]): void => {
    Reflect.decorate(
      [...rules, Reflect.metadata('design:type', type) as PropertyDecorator],
      dto.prototype as object,
      key,
    );
  };
  field('room', String, library.IsString(), library.Length(1, 40));
  field('text', String, library.IsString(), library.MaxLength(2000));
  field('n', Number, library.IsInt());
  return dto;
}

/** Makes `count` classes and validates each once, as a program of that size has done after its first minutes. */
export function useOtherDtos(count: number, library: Libraries): void {
  for (let i = 0; i < count; i++) {
    const dto = makeDto(`Other${i}`, library);
    library.validateSync(library.plainToInstance(dto, { room: 'a', text: 'b', n: i }));
  }
}
