import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { benchFolder, type Contender } from './contenders.js';

const run = promisify(execFile);
const tsc = join(benchFolder, '../node_modules/typescript/bin/tsc');

/** Whether the packages in a folder are missing, or older than the list of them. */
function isStale(folder: string): boolean {
  const installed = join(folder, 'node_modules/.package-lock.json');
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(folder, 'package-lock.json')).mtimeMs;
}

/** Installs a contender's packages if they are missing or stale, and compiles its server. Throws with the tool's last words. */
export async function prepare(contender: Contender, progress: (what: string) => void): Promise<void> {
  const { folder } = contender;
  try {
    if (existsSync(join(folder, 'package.json')) && isStale(folder)) {
      progress('npm ci');
      await run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
    }
    if (!contender.command) {
      progress('tsc');
      await run(process.execPath, [tsc, '-p', folder]);
    }
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    const lines = `${stderr ?? ''}\n${stdout ?? ''}`.split('\n').filter((line) => /error/i.test(line));
    throw new Error(lines[0]?.trim() ?? message, { cause: error });
  }
}
