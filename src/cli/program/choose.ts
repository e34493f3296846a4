/** The application that is meant, among those that a program makes. */
import { closest } from '../../base/boot/unknown-option.js';
import { CommandError } from '../command.js';
import type { ApplicationReport } from './report.js';

/**
 * Returns the one application, or the one of that name or number.
 * @throws CommandError with exit code 2 if none or several are meant
 */
export function choose(
  applications: readonly ApplicationReport[],
  wanted: string | undefined,
  main: string,
): ApplicationReport {
  if (wanted === undefined) {
    if (applications.length === 1) return applications[0]!;
    throw new CommandError(`${main} makes ${applications.length} applications; choose one.\n${list(applications)}`, 2);
  }
  const found = applications.find(({ name }) => name === wanted) ?? applications[Number(wanted) - 1];
  if (found) return found;
  const names = applications.flatMap(({ name }) => name ?? []);
  const meant = closest(wanted, names);
  const question = meant === undefined ? '.' : `; did you mean --app ${meant}?`;
  throw new CommandError(`${main} makes no application ${wanted}${question}\n${list(applications)}`, 2);
}

function list(applications: readonly ApplicationReport[]): string {
  return applications
    .map(({ name, contract }, index) => {
      const paths = contract.namespaces.map(({ path }) => path).join(', ') || 'no namespace';
      return `  --app ${name ?? index + 1}  ${paths}`;
    })
    .join('\n');
}
