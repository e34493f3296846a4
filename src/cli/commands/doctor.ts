/** `colloquy doctor`: what is wrong with an installation or an application, with remedies. */
import { CommandError, type Command, type Input, type Terminal } from '../command.js';
import { checkApplication } from '../doctor/application.js';
import { problem, type Finding } from '../doctor/finding.js';
import { checkInstallation } from '../doctor/installation.js';
import { checkSurroundings } from '../doctor/surroundings.js';
import { findMain } from '../program/find-main.js';
import { inspect, mainOperand, programOptions } from '../program/inspect.js';
import type { ApplicationReport } from '../program/report.js';

export const doctor: Command = {
  name: 'doctor',
  summary: 'looks for what is wrong with the installation and the application',
  about:
    'Compiler flags, two copies of a library, payloads that are not validated, open CORS, proxies, long-polling without stickiness,\n' +
    'file descriptors, the version of the runtime, whether the broker can be reached. `problem` is wrong for everybody, `advice` for some.',
  operands: [mainOperand],
  options: { json: { type: 'boolean', help: 'prints the findings as JSON' }, ...programOptions },
  examples: ['colloquy doctor', 'colloquy doctor src/main.ts --json'],
  failsIf: 'there is a problem',
  async run(input, terminal) {
    const main = findMain(input.operands[0], terminal.cwd);
    const application = await look(input, terminal);
    const findings = [
      ...checkInstallation(main, terminal.cwd),
      ...('check' in application ? [application] : checkApplication(application)),
      ...(await checkSurroundings('check' in application ? undefined : application.settings.adapter)),
    ];
    terminal.print(input.options['json'] ? JSON.stringify(findings, null, 2) : text(findings));
    return findings.some(({ state }) => state === 'problem') ? 1 : 0;
  },
};

/** The application, or why there is none: the other checks go on without it. */
async function look(input: Input, terminal: Terminal): Promise<ApplicationReport | Finding> {
  try {
    return (await inspect(input.operands[0], input, terminal)).application;
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode === 2) throw error;
    return problem('application', error.message, 'the message says it; the other checks do not need the application.');
  }
}

function text(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ state, message, remedy }) => [
    `${state.padEnd(8)} ${message.replaceAll('\n', '\n         ')}`,
    ...(remedy === undefined ? [] : [`         Fix: ${remedy}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((each) => each.state === state).length;
  return [...lines, '', `problems: ${count('problem')}, advice: ${count('advice')}, ok: ${count('ok')}`].join('\n');
}
