/** The files that the globs of an application match now. */
import { filesOfAll } from '../../controllers/scan/glob.js';
import type { ApplicationReport } from './report.js';

/** Returns their paths. */
export function globbed({ globs, cwd }: Pick<ApplicationReport, 'globs' | 'cwd'>): Promise<string[]> {
  return filesOfAll(globs, cwd);
}
