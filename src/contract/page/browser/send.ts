/** Sends an event: its arguments, the connection that it goes over, the answer, and the same as code. */
import type { EventContract, NamespaceContract } from '../../contract.js';
import type { Book } from '../book.js';
import { codeButtons } from './clipboard.js';
import { clientCode, testCode, type Answered, type Call } from './code.js';
import { socketPath, type Connection, type Outcome } from './connection.js';
import { failureText, type Connections } from './connections.js';
import { announce, button, h, labelled } from './dom.js';
import { Editor } from './forms/editor.js';
import { tupleField } from './forms/field.js';
import { jsonText } from './values.js';

/** The choice of all connections. */
const EVERYBODY = 'all';

export class Sender {
  readonly element: HTMLElement;
  readonly #editor: Editor;
  readonly #from = h('select', { class: 'from-choice' });
  readonly #wantsAnswer = h('input', { type: 'checkbox', checked: true });
  readonly #name: HTMLInputElement | undefined;
  readonly #ready = h('div', { class: 'fields' });
  readonly #answer = h('div', { class: 'answer', hidden: true });
  #last: { readonly args: string; readonly answered: Answered } | undefined;

  constructor(
    private readonly book: Book,
    private readonly connections: Connections,
    private readonly namespace: NamespaceContract,
    private readonly event: EventContract,
    /** Whether it is the handler of all events without one of their own, so that a name must be given. */
    isAny: boolean,
  ) {
    const { schemas } = book.contract;
    const fields = tupleField(event.arguments, event.rest, schemas);
    this.#editor = new Editor('Arguments', fields, () => void this.#send());
    this.#name = isAny ? h('input', { class: 'code', required: true }) : undefined;
    this.element = h(
      'form',
      {
        class: 'fields',
        submit: (submitted: Event) => {
          submitted.preventDefault();
          void this.#send();
        },
      },
      this.#name && labelled('Event', this.#name),
      this.#editor.element,
      this.#ready,
      this.#answer,
      codeButtons({
        'Copy as client code': () => clientCode(this.#call()),
        'Copy as a test': () => testCode(this.#call()),
      }),
    );
  }

  /** Follows the connections while it is on the page. */
  begin(): void {
    this.connections.watch(this.element, () => this.#showReady());
  }

  get #eventName(): string {
    return this.#name?.value ?? this.event.name;
  }

  /** One connection, or all of them. */
  get #chosen(): readonly Connection[] {
    const { value } = this.#from;
    return this.#connections().filter(({ number }) => value === EVERYBODY || String(number) === value);
  }

  #connections(): readonly Connection[] {
    return this.connections.of(this.namespace.path).filter(({ isConnected }) => isConnected);
  }

  /** Either the way to send, or the way to a connection. */
  #showReady(): void {
    const all = this.#connections();
    const chosen = this.#from.value;
    const options = all.map(({ number, name }) => h('option', { value: number }, name));
    if (all.length > 1) options.push(h('option', { value: EVERYBODY }, `All ${all.length} connections`));
    this.#from.replaceChildren(...options);
    if (options.some(({ value }) => value === chosen)) this.#from.value = chosen;
    const { path } = this.namespace;
    if (all.length > 0) {
      if (this.#from.isConnected) return;
      this.#ready.replaceChildren(
        h(
          'div',
          { class: 'row send' },
          labelled('From', this.#from, { class: 'field inline' }),
          h('label', { class: 'check' }, this.#wantsAnswer, 'ask for an answer'),
          h('button', {}, 'Send'),
        ),
      );
    } else {
      const offer = button(`Connect to ${path}`, () => this.connections.offer(path));
      this.#ready.replaceChildren(
        h('div', { class: 'row send' }, offer, h('span', { class: 'hint' }, 'Nothing is connected to it yet.')),
      );
    }
  }

  async #send(): Promise<void> {
    let args: readonly unknown[];
    try {
      args = this.#editor.read() as readonly unknown[];
    } catch (error) {
      return announce((error as Error).message);
    }
    const chosen = this.#chosen;
    if (chosen.length === 0) return this.connections.offer(this.namespace.path);
    this.#editor.complain([]);
    const wantsAnswer = this.#wantsAnswer.checked;
    const outcomes = await Promise.all(chosen.map((each) => each.send(this.#eventName, args, wantsAnswer)));
    const [outcome] = outcomes;
    this.#last = outcome && {
      args: JSON.stringify(args),
      answered: { values: outcome.values, code: outcome.failure?.code },
    };
    this.#showAnswers(outcomes, chosen);
  }

  #showAnswers(outcomes: readonly (Outcome | undefined)[], chosen: readonly Connection[]): void {
    this.#answer.hidden = false;
    const failed = outcomes.find((outcome) => outcome?.failure)?.failure;
    this.#answer.classList.toggle('failed', failed !== undefined);
    if (!outcomes[0]) {
      this.#answer.replaceChildren(h('p', {}, 'Sent. A failure would arrive as ', h('code', {}, 'exception'), '.'));
      return announce('Sent.');
    }
    const isOne = outcomes.length === 1;
    const { isRecorded } = this.book;
    this.#answer.replaceChildren(
      ...outcomes.flatMap((each, index) => answerOf(each!, isOne ? '' : chosen[index]!.name, isRecorded)),
    );
    if (failed?.issues) this.#editor.complain(failed.issues);
    announce(outcomes.map((each) => spoken(each!)).join('; '));
  }

  /** The call as it stands in the form, with the answer if it was sent so. @throws InputError for text that is no value */
  #call(): Call {
    const args = this.#editor.read() as readonly unknown[];
    const [connection] = this.#chosen;
    const answered = this.#last?.args === JSON.stringify(args) ? this.#last.answered : undefined;
    return {
      origin: location.origin,
      path: socketPath(this.book),
      declared: this.namespace.path,
      namespace: connection?.options.path ?? this.namespace.path,
      auth: connection?.options.auth ?? {},
      query: connection?.options.query ?? {},
      event: { ...this.event, name: this.#eventName },
      args,
      wantsAnswer: this.#wantsAnswer.checked,
      answer: answered,
    };
  }
}

/** One answer, with the name of its connection if there are several. */
function answerOf({ values, failure, milliseconds }: Outcome, name: string, isRecorded: boolean): Node[] {
  const time = h('span', { class: 'hint' }, `${name} in ${milliseconds} ms`);
  const id = isRecorded ? failure?.id : undefined;
  return [
    h('h4', {}, failure ? 'Refused ' : 'Answered ', time),
    failure ? failureText(failure) : h('pre', { tabindex: 0 }, answerText(values)),
    ...(id === undefined ? [] : [recordingLink(id)]),
  ];
}

/** Leads to what the socket did until a call that failed inside. */
function recordingLink(id: string): HTMLElement {
  const href = `recording.json?call=${encodeURIComponent(id)}`;
  return h('p', {}, h('a', { href, download: `recording-${id}.json` }, 'Recording up to this call'));
}

function spoken({ values, failure }: Outcome): string {
  return failure ? `${failure.code}: ${failure.message}` : `Answer: ${answerText(values)}`;
}

function answerText(values: readonly unknown[]): string {
  return values.length === 0
    ? 'Nothing: the acknowledgement has no value.'
    : values.map((each) => jsonText(each)).join(',\n');
}
