import { Namespace, On } from 'colloquy';
import { IsString, Length } from 'class-validator';

class Greet {
  @IsString() @Length(1, 40) name!: string;
}

@Namespace()
export class GreetController {
  @On('greet')
  greet({ name }: Greet) {
    return { text: `Hello, ${name}!` }; // what is returned is the acknowledgement
  }
}
