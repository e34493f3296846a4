/** Forms that call the server. */
import { CallError } from 'colloquy/client';

/**
 * Runs `send` with what was typed and the button that was pressed, in place of the browser's own submission.
 * @param {HTMLFormElement} form
 * @param {(values: Record<string, string>, action: string) => unknown} send
 * @param {(problem: string) => void} complain told what went wrong, `''` where nothing did
 */
export function onSubmit(form, send, complain) {
  const run = async (values, action) => {
    try {
      await send(values, action);
      complain('');
    } catch (error) {
      complain(explain(error));
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(Object.fromEntries(new FormData(form)), event.submitter?.value ?? '');
  });
}

/** The server's own words, with the rules that the payload broke. */
export function explain(error) {
  if (!(error instanceof CallError)) return String(error);
  const issues = (error.issues ?? []).map(({ message }) => message);
  return [error.message, ...issues].join(' ');
}
