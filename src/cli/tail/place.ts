/** Where `colloquy dev` and `colloquy tail` meet: a socket in a folder that only this user can open. */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** The environment variable with the path of the socket, for the program. */
export const TAIL = 'COLLOQUY_TAIL';

/** The path for a program, by its main file: no port, and the same after every restart. */
export function placeOf(main: string): string {
  const name = createHash('sha1').update(realpathSync(main)).digest('hex').slice(0, 12);
  const { uid, username } = userInfo();
  if (process.platform === 'win32') return `\\\\.\\pipe\\colloquy-${username}-${name}`;
  return join(tmpdir(), `colloquy-${uid}`, `${name}.sock`);
}

/**
 * Makes the folder of the socket.
 * @throws Error if it belongs to somebody else
 */
export function prepareFolder(folder: string): void {
  if (process.platform === 'win32') return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid } = userInfo();
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`${folder} belongs to another user`);
  chmodSync(folder, 0o700);
}
