/** The program that installs packages: the one that started this one. */
import { spawn } from 'node:child_process';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** Package managers name themselves in `npm_config_user_agent`: `pnpm/10.1.0 npm/? node/v24.0.0 linux x64`. */
export function packageManagerOf({ npm_config_user_agent: agent = '' }: NodeJS.ProcessEnv): PackageManager {
  const name = /^(pnpm|yarn|bun)\//.exec(agent)?.[1];
  return (name as PackageManager | undefined) ?? 'npm';
}

/** Installs the packages of a folder. Returns whether that succeeded. */
export function install(manager: PackageManager, folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const shell = process.platform === 'win32'; // there, npm is a script
    const child = spawn(manager, ['install'], { cwd: folder, stdio: 'inherit', shell });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
