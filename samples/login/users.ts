import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const salt = randomBytes(16);
const hash = (password: string) => derive(password, salt, 32);

const users = new Map([
  ['ada', await hash('lovelace')],
  ['grace', await hash('hopper')],
]);
const nobody = randomBytes(32);

/** Takes as long for a name that nobody has. */
export async function isPassword(name: string, password: string): Promise<boolean> {
  return timingSafeEqual(await hash(password), users.get(name) ?? nobody);
}
