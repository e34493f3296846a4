/** The questions to somebody at a terminal. */
import { createInterface, type Interface } from 'node:readline';
import { choose, defaults, runners, templates, UsageError, type Wishes } from './choices.js';

/** Somebody ended the questions: Ctrl+C, Ctrl+D. */
export class Cancelled extends Error {}

/**
 * Asks for what is not given. An answer that is wrong is asked again.
 *
 * @param checkFolder throws a UsageError if a folder cannot be taken
 * @throws Cancelled if the input ends
 */
export async function ask(
  given: Wishes,
  checkFolder: (folder: string) => void,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<Required<Wishes>> {
  const lines = new Lines(createInterface({ input, output }), output);
  const askUntil = async <T>(question: string, read: (answer: string) => T): Promise<T> => {
    for (;;) {
      const answer = await lines.ask(question);
      try {
        return read(answer);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        output.write(`${error.message}\n`);
      }
    }
  };
  try {
    const folder =
      given.folder ??
      (await askUntil(`Name (${defaults.folder}): `, (answer) => {
        const chosen = answer || defaults.folder;
        checkFolder(chosen);
        return chosen;
      }));
    const template =
      given.template ??
      (await askUntil(`Template: ${list(templates)} (${defaults.template}): `, (answer) =>
        choose('the template', answer || defaults.template, templates),
      ));
    const runner =
      given.runner ??
      (await askUntil(`Test runner: ${Object.keys(runners).join(', ')} (${defaults.runner}): `, (answer) =>
        choose('the runner', answer || defaults.runner, runners),
      ));
    return { folder, template, runner };
  } finally {
    lines.close();
  }
}

function list(choices: Readonly<Record<string, string>>): string {
  const rows = Object.entries(choices).map(([name, text]) => `\n  ${name.padEnd(8)} ${text}`);
  return `${rows.join('')}\n`;
}

/** Lines of an interface, one for each question; lines that come before they are asked for are kept. */
class Lines {
  readonly #read: AsyncIterator<string>;

  constructor(
    private readonly readline: Interface,
    private readonly output: NodeJS.WritableStream,
  ) {
    this.#read = readline[Symbol.asyncIterator]();
  }

  async ask(question: string): Promise<string> {
    this.output.write(question);
    const { value, done } = await this.#read.next();
    if (done) throw new Cancelled();
    return value.trim();
  }

  close(): void {
    this.readline.close();
  }
}
