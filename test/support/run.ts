/** Runs a command to its end. */
import { execFile } from 'node:child_process';

export interface Outcome {
  readonly code: unknown;
  readonly output: string;
}

/** What npm and node:test tell this process is not for the processes that it starts. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const told = /^(npm_|NODE_TEST_CONTEXT|NODE_OPTIONS|FORCE_COLOR)/;
  const kept = Object.entries(process.env).filter(([name]) => !told.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', npm_config_loglevel: 'error' };
}

export function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd, env: cleanEnvironment(), maxBuffer: 1e7 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
    child.stdin?.end();
  });
}

/** What npm says where the registry cannot be reached. */
export const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|ENETUNREACH|network/i;
