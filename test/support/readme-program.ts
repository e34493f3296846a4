/** The program of the README, as a package of its own. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `main.ts` and its compiler options into an empty folder, in which `colloquy` is this repository. */
export function writeReadmeProgram(root: string, folder: string): void {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/colloquy'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'main.ts'), /```ts\n(\/\/ main\.ts\n[^]*?)```/.exec(readme)![1]!);
  writeFileSync(join(folder, 'tsconfig.json'), /```jsonc\n\/\/ tsconfig.json\n([^]*?)```/.exec(readme)![1]!);
}
