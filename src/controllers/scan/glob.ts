/** The files that a glob of controllers matches. */

/** Returns their paths in order; declarations and source maps are left out. */
export async function filesOf(pattern: string, cwd: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const files = await glob(pattern, { cwd, absolute: true, ignore: ['**/*.d.{ts,mts,cts}', '**/*.map'] });
  return files.toSorted();
}
