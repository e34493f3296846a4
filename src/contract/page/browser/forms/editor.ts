/** Asks for a value by a form, or as JSON; changing over takes the value along. */
import type { Issue } from '../connection.js';
import { choice, freshId, h } from '../dom.js';
import type { Field } from './field.js';
import { InputError, inputOf, parseJson, placeOf, type Input } from './input.js';

export class Editor {
  readonly element: HTMLElement;
  readonly #body = h('div', { class: 'editor' });
  readonly #issue = h('p', { class: 'issue', id: freshId(), hidden: true });
  readonly #text: HTMLTextAreaElement;
  #input: Input;
  #isJson = false;

  /**
   * @param label names the value for screen readers
   * @param submit is called for Ctrl+Enter in the JSON
   */
  constructor(
    private readonly label: string,
    private readonly field: Field,
    submit: () => void,
    given?: unknown,
  ) {
    this.#input = inputOf(field, { label, required: true }, given);
    this.#text = h('textarea', {
      rows: 6,
      spellcheck: 'false',
      class: 'code',
      'aria-label': `${label} as JSON`,
      'aria-describedby': this.#issue.id,
      input: () => this.#complain(),
      keydown: (event: KeyboardEvent) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        submit();
      },
    });
    const mode = choice(`${label} as`, ['Form', 'JSON'], (name) => {
      if (!this.#change(name === 'JSON')) mode.select(this.#isJson ? 'JSON' : 'Form');
    });
    this.element = h('div', { class: 'fields' }, mode.element, this.#body, this.#issue);
    this.#body.append(this.#input.element);
  }

  /** The value. @throws InputError for text that is no value; it stands at its place too */
  read(): unknown {
    this.#complain();
    if (!this.#isJson) return this.#input.read();
    try {
      const value = parseJson(this.#text.value);
      if (this.field.kind === 'tuple' && !Array.isArray(value)) {
        throw new InputError('The arguments are an array: write [ … ] around them.');
      }
      return value;
    } catch (error) {
      this.#complain((error as Error).message);
      throw error;
    }
  }

  /** Shows issues at their fields; those of JSON, or without a field, stand below. */
  complain(issues: readonly Issue[]): void {
    this.#clear(this.#input);
    const lost = issues.filter(({ path, message }) => {
      const input = this.#isJson ? undefined : placeOf(this.#input, path);
      input?.complain(message);
      return !input;
    });
    this.#complain(
      lost.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n') || undefined,
    );
  }

  #clear(input: Input): void {
    input.complain();
    if (this.field.kind !== 'tuple') return;
    for (const { name } of this.field.properties!()) input.at(name)?.complain();
  }

  #complain(message?: string): void {
    this.#issue.textContent = message ?? '';
    this.#issue.hidden = message === undefined;
    if (message === undefined) this.#text.removeAttribute('aria-invalid');
    else this.#text.setAttribute('aria-invalid', 'true');
  }

  /** @returns false if what is written cannot be taken along */
  #change(isJson: boolean): boolean {
    try {
      const value = this.read();
      if (isJson) this.#text.value = JSON.stringify(value, undefined, 2) ?? '';
      else this.#input = inputOf(this.field, { label: this.label, required: true }, value);
    } catch {
      return false;
    }
    this.#isJson = isJson;
    this.#body.replaceChildren(isJson ? this.#text : this.#input.element);
    return true;
  }
}
