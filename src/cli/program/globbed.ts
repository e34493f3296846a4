/** The files that the globs of an application match now. */
import { filesOf } from '../../controllers/scan/glob.js';
import type { ApplicationReport } from './report.js';

/** Returns their paths. */
export async function globbed({ globs, cwd }: Pick<ApplicationReport, 'globs' | 'cwd'>): Promise<string[]> {
  const found = await Promise.all(globs.map((pattern) => filesOf(pattern, cwd)));
  return found.flat();
}
