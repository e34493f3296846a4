import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { benchFolder, stack, versionOf, type Contender } from '../contenders.js';

/** What a command prints, or `undefined` when it cannot be run. */
function output(program: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(program, args, {
      cwd: benchFolder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Where and on what a run was made: one line each. */
export function describeMachine(): string[] {
  const processors = cpus();
  const commit = output('git', 'rev-parse', '--short', 'HEAD') ?? 'unknown';
  const changed = output(
    'git',
    'status',
    '--porcelain',
    '--untracked-files=no',
    '--',
    ':/',
    ':!/bench/RESULTS.md',
    ':!/bench/chart.svg',
  );
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    `Commit: ${commit}${changed ? ' with changes that were not committed' : ''}`,
    `Machine: ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}`,
    `Node.js ${process.version}, V8 ${process.versions.v8}`,
  ];
}

/** The versions of what a contender brings, as `name version`. */
export function versionsOf(contender: Contender): string[] {
  const packages = contender.versions.map((name) => `${name} ${versionOf(contender, name) ?? 'missing'}`);
  const printed = contender.versionCommand && output(...contender.versionCommand);
  return printed ? [...packages, printed] : packages;
}

/** How a contender's copy of Socket.IO's stack differs from Colloquy's; empty when it does not. */
export function stackDifferences(contender: Contender, reference: Contender): string[] {
  if (contender.command) return [];
  return stack.flatMap((name) => {
    const version = versionOf(contender, name);
    return version === versionOf(reference, name) ? [] : [`${name} ${version ?? 'missing'}`];
  });
}
