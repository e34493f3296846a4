/** The connections of the page: making one, with `auth` and all that its namespace asks for, and their cards. */
import type { NamespaceContract } from '../../contract.js';
import type { Book } from '../book.js';
import { Connection, type Connect, type Failure, type Issue } from './connection.js';
import { announce, button, byId, h } from './dom.js';
import { Editor } from './forms/editor.js';
import { authField, notesOf, pathInput, queryInput, textOf } from './forms/handshake.js';
import { placeOf, type Input } from './forms/input.js';
import type { Feed } from './feed.js';

export class Connections {
  readonly all: Connection[] = [];
  #count = 0;
  readonly #cards = byId('connections');
  readonly #form = byId('connect-form');
  readonly #namespace = byId<HTMLSelectElement>('connect-namespace');
  #editor: Editor | undefined;
  #query: Input | undefined;
  /** The connection that the form has begun, until it is connected or the form asks for something else. */
  #asking: Connection | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly book: Book,
    private readonly connect: Connect,
    private readonly feed: Feed,
  ) {
    const { namespaces } = book.contract;
    this.#namespace.append(...namespaces.map(({ path }) => h('option', {}, path)));
    this.#namespace.addEventListener('change', () => this.#ask());
    this.#ask();
    this.changed();
  }

  /** Calls back at once and whenever a connection comes, goes or changes, while the element is on the page. */
  watch(element: Element, run: () => void): void {
    const listener = (): void => {
      if (element.isConnected) run();
      else this.#listeners.delete(listener);
    };
    this.#listeners.add(listener);
    run();
  }

  /** The connections to a namespace, those that are connected first. */
  of(namespace: string): readonly Connection[] {
    return this.all
      .filter(({ options }) => options.namespace.path === namespace)
      .toSorted((a, b) => Number(b.isConnected) - Number(a.isConnected));
  }

  /** Prepares the form for a namespace that nothing is connected to. */
  suggest(namespace: string): void {
    if (this.#namespace.value === namespace || this.of(namespace).length > 0) return;
    this.#namespace.value = namespace;
    this.#ask();
  }

  /** Shows the form for a namespace. */
  offer(namespace: string): void {
    if (this.#namespace.value !== namespace) {
      this.#namespace.value = namespace;
      this.#ask();
    }
    byId<HTMLDetailsElement>('connect').open = true;
    const first = this.#form.querySelector<HTMLElement>('input:not([type=radio]), select, textarea, button');
    first?.focus();
  }

  readonly changed = (): void => {
    const focused = document.activeElement?.getAttribute('data-key');
    this.#cards.replaceChildren(...this.all.map((each) => this.#card(each)));
    if (focused) this.#cards.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    this.feed.show(this.all);
    for (const listener of this.#listeners) listener();
  };

  /** The form: the parameters of the path, `auth`, and the values of the query. */
  #ask(): void {
    this.#asking = undefined;
    const namespace = this.book.contract.namespaces.find(({ path }) => path === this.#namespace.value);
    if (!namespace) return this.#form.replaceChildren(h('p', { class: 'hint' }, 'There is no namespace.'));
    const path = pathInput(namespace);
    this.#query = queryInput(namespace, this.book.contract.schemas);
    const submit = (): void => this.#open(namespace, path.read());
    this.#editor = new Editor('auth', authField(this.book, namespace), submit);
    this.#form.replaceChildren(
      path.element,
      this.#editor.element,
      h('div', { class: 'editor' }, this.#query?.element),
      notesOf(namespace),
      h('div', { class: 'row' }, h('button', {}, 'Connect')),
    );
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      submit();
    };
  }

  #open(namespace: NamespaceContract, path: string): void {
    let auth: unknown;
    let query: Readonly<Record<string, string>>;
    try {
      auth = this.#editor!.read();
      const values = Object.entries(this.#query?.read() ?? {});
      query = Object.fromEntries(values.map(([name, value]) => [name, textOf(value)]));
    } catch (error) {
      return announce((error as Error).message);
    }
    const options = { namespace, path, auth: auth ?? {}, query };
    const connection = new Connection(++this.#count, options, this.book, this.connect, {
      changed: () => this.#show(connection),
      upgraded: () => this.changed(),
      happened: (happening) => this.feed.add(connection, happening),
    });
    // A refused connection is tried again with other values.
    for (const each of this.all.filter(({ status }) => status === 'refused')) this.#drop(each);
    this.all.push(connection);
    this.#asking = connection;
    this.changed();
  }

  /** The connection that the form has begun shows there how it goes. */
  #show(connection: Connection): void {
    this.changed();
    announce(`${connection.name} ${connection.status} ${connection.failure?.message ?? ''}`);
    if (connection !== this.#asking) return;
    this.#query?.complain();
    const issues = connection.failure?.issues ?? [];
    this.#editor?.complain(issues.filter((issue) => !this.#complainOfQuery(issue)));
    if (!connection.isConnected) return;
    this.#asking = undefined;
    this.#fold();
  }

  /** The form is not needed any more; the focus stays near it. */
  #fold(): void {
    const details = byId<HTMLDetailsElement>('connect');
    if (details.contains(document.activeElement)) details.querySelector('summary')!.focus();
    details.open = false;
  }

  #card(connection: Connection): HTMLElement {
    const { number, options, status, detail, failure, transport } = connection;
    const auth = JSON.stringify(options.auth);
    const isOpen = status === 'connected' || status === 'connecting';
    const key = { 'data-key': `toggle-${number}` };
    const toggle = isOpen
      ? button('Disconnect', () => connection.disconnect(), { class: 'small quiet', ...key })
      : button('Connect again', () => connection.connect(), { class: 'small quiet', ...key });
    return h(
      'li',
      { class: 'card', 'data-color': number % 6, 'data-status': status },
      h('h3', {}, h('span', { class: 'from' }, `#${number}`), ' ', options.path),
      h('p', { class: 'status' }, status, transport !== '' && ` over ${transport}`),
      detail !== '' && !failure && h('p', { class: 'hint' }, detail),
      failure && failureText(failure),
      auth !== '{}' && h('p', { class: 'hint' }, 'auth ', h('code', {}, auth)),
      h(
        'div',
        { class: 'row' },
        toggle,
        button('Remove', () => this.#remove(connection), { class: 'small quiet', 'data-key': `remove-${number}` }),
      ),
    );
  }

  /** An issue stands at the value of the query that it is about, if it is about one. */
  #complainOfQuery({ path, message }: Issue): boolean {
    const place = this.#query && path !== '' ? placeOf(this.#query, path) : undefined;
    place?.complain(message);
    return place !== undefined;
  }

  #drop(connection: Connection): void {
    connection.disconnect();
    this.all.splice(this.all.indexOf(connection), 1);
  }

  #remove(connection: Connection): void {
    this.#drop(connection);
    this.changed();
    byId('connect').querySelector('summary')!.focus();
  }
}

/** A failure with the rules that were broken. */
export function failureText({ code, message, issues = [] }: Failure): HTMLElement {
  const lines = issues.map(({ path, rule, message: text }) =>
    h('li', {}, path !== '' && h('code', {}, path), ' ', text, ' ', h('span', { class: 'hint' }, rule)),
  );
  return h(
    'div',
    { class: 'failure' },
    h('p', {}, h('code', { class: 'code-name' }, code), ' ', message),
    lines.length > 0 && h('ul', {}, ...lines),
  );
}
