/** The live feed: what all connections send and receive, in its order, beside each other if they are several. */
import { failureOf, type Connection, type Happening } from './connection.js';
import { byId, button, h } from './dom.js';
import { parseJson } from './forms/input.js';
import { bytesOf, jsonLine, jsonText } from './values.js';

/** Most entries that are kept; older ones go. */
const MOST = 500;

const signs: Readonly<Record<Happening['kind'], readonly [sign: string, name: string]>> = {
  sent: ['↑', 'sent'],
  received: ['↓', 'received'],
  answer: ['↩', 'answered'],
  failure: ['✕', 'failed'],
  notice: ['·', 'is'],
};

interface Entry {
  readonly element: HTMLElement;
  readonly connection: Connection;
  readonly text: string;
}

export class Feed {
  readonly #list = byId<HTMLOListElement>('feed');
  readonly #filter = byId<HTMLInputElement>('feed-filter');
  readonly #from = byId<HTMLSelectElement>('feed-from');
  readonly #beside = byId<HTMLInputElement>('feed-beside');
  readonly #pause = byId<HTMLInputElement>('feed-pause');
  readonly #count = byId('feed-count');
  #entries: Entry[] = [];
  /** The entries that came while the feed is paused. */
  #waiting: Entry[] = [];
  #connections: readonly Connection[] = [];
  #isPlanned = false;

  constructor() {
    for (const control of [this.#filter, this.#from, this.#beside]) {
      control.addEventListener('input', () => this.#refresh());
    }
    this.#pause.addEventListener('input', () => this.#plan());
    byId('feed-clear').addEventListener('click', () => {
      this.#entries = this.#waiting = [];
      this.#list.replaceChildren();
      this.#refresh();
    });
  }

  /** The connections that there are now, for the choice and the columns. */
  show(connections: readonly Connection[]): void {
    this.#connections = connections;
    const chosen = this.#from.value;
    const options = connections.map(({ number, name }) => h('option', { value: number }, name));
    this.#from.replaceChildren(h('option', { value: '' }, 'All connections'), ...options);
    this.#from.value = connections.some(({ number }) => String(number) === chosen) ? chosen : '';
    this.#beside.parentElement!.hidden = connections.length < 2;
    this.#refresh();
  }

  add(connection: Connection, happening: Happening): void {
    this.#waiting.push(entryOf(connection, happening));
    if (this.#waiting.length > MOST) this.#waiting.shift();
    this.#plan();
  }

  /** Many events may come in a moment: they are shown together. */
  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      if (!this.#pause.checked) this.#flush();
      this.#refresh();
    }, 20);
  }

  #flush(): void {
    const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 40;
    this.#entries.push(...this.#waiting);
    this.#list.append(...this.#waiting.map(({ element }) => element));
    this.#waiting = [];
    for (const { element } of this.#entries.splice(0, this.#entries.length - MOST)) element.remove();
    this.#refresh();
    if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #refresh(): void {
    const words = this.#filter.value.toLowerCase();
    const from = this.#from.value;
    const isBeside = this.#beside.checked && this.#connections.length > 1 && from === '';
    this.#list.classList.toggle('beside', isBeside);
    this.#list.style.setProperty('--columns', String(this.#connections.length));
    let shown = 0;
    for (const { element, connection, text } of this.#entries) {
      element.hidden = (from !== '' && String(connection.number) !== from) || !text.includes(words);
      if (!element.hidden) shown++;
      element.style.setProperty('--column', String(this.#connections.indexOf(connection) + 1 || 'auto'));
    }
    const all = this.#entries.length;
    const waiting = this.#waiting.length > 0 && this.#pause.checked ? `, ${this.#waiting.length} waiting` : '';
    this.#count.textContent = (shown === all ? `${all}` : `${shown} of ${all}`) + waiting;
  }
}

/** Characters of a value that is shown as it is; a longer one is opened. */
const LONGEST_LINE = 160;

/** A failure in few words: an answer, a refusal, or the event `exception`. */
function failureLine(value: unknown): string | undefined {
  const failure = failureOf(value) ?? failureOf({ error: value });
  return failure && `${failure.code}: ${failure.message}`;
}

function entryOf(connection: Connection, happening: Happening): Entry {
  const { kind, name, values, acknowledge } = happening;
  const [sign, verb] = signs[kind];
  const line = kind === 'notice' ? values.join(' ') : values.map(jsonLine).join(', ');
  const short =
    kind === 'failure' ? failureLine(values[0]) : line.length > LONGEST_LINE ? `${line.slice(0, 80)} …` : undefined;
  const body =
    short === undefined
      ? h('code', { class: 'value' }, line)
      : h('details', {}, h('summary', {}, short), h('pre', { tabindex: 0 }, values.map(jsonText).join(',\n')));
  const element = h(
    'li',
    { class: `entry ${kind}`, 'data-color': connection.number % 6 },
    h('time', {}, new Date().toLocaleTimeString([], { hour12: false })),
    h('span', { class: 'from', title: connection.name }, `#${connection.number}`),
    h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    h('div', { class: 'said' }, h('span', { class: 'hidden' }, `${verb} `), h('b', {}, name), ' ', line !== '' && body),
    kind !== 'notice' && h('span', { class: 'hint size', title: 'bytes of JSON' }, `${sizeOf(happening)} B`),
    acknowledge && answerForm(acknowledge),
  );
  return { element, connection, text: `${verb} ${name} ${line}`.toLowerCase() };
}

/** What goes over the wire has the event's name, but for answers and refusals. */
function sizeOf({ kind, name, values }: Happening): number {
  const isEvent = kind === 'sent' || kind === 'received' || name === 'exception';
  return bytesOf(isEvent ? [name, ...values] : values);
}

/** The server waits for an answer, which is written here. */
function answerForm(acknowledge: (value: unknown) => void): HTMLElement {
  const input = h('input', { 'aria-label': 'Answer as JSON', placeholder: 'Answer as JSON', class: 'code' });
  const issue = h('span', { class: 'issue', role: 'alert' });
  const form = h('div', { class: 'row answer' }, input);
  form.append(
    button(
      'Answer',
      () => {
        try {
          acknowledge(input.value.trim() === '' ? undefined : parseJson(input.value));
          form.replaceChildren('Answered.');
        } catch (error) {
          issue.textContent = (error as Error).message;
        }
      },
      { class: 'small' },
    ),
    issue,
  );
  return form;
}
