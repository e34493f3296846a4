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

  get #connection(): Connection | undefined {
    return this.#connections().find(({ number }) => String(number) === this.#from.value);
  }

  #connections(): readonly Connection[] {
    return this.connections.of(this.namespace.path).filter(({ isConnected }) => isConnected);
  }

  /** Either the way to send, or the way to a connection. */
  #showReady(): void {
    const all = this.#connections();
    const chosen = this.#from.value;
    this.#from.replaceChildren(...all.map(({ number, name }) => h('option', { value: number }, name)));
    if (all.some(({ number }) => String(number) === chosen)) this.#from.value = chosen;
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
    const connection = this.#connection;
    if (!connection) return this.connections.offer(this.namespace.path);
    this.#editor.complain([]);
    const outcome = await connection.send(this.#eventName, args, this.#wantsAnswer.checked);
    this.#last = outcome && {
      args: JSON.stringify(args),
      answered: { values: outcome.values, code: outcome.failure?.code },
    };
    this.#showAnswer(outcome);
  }

  #showAnswer(outcome: Outcome | undefined): void {
    this.#answer.hidden = false;
    this.#answer.classList.toggle('failed', outcome?.failure !== undefined);
    if (!outcome) {
      this.#answer.replaceChildren(h('p', {}, 'Sent. A failure would arrive as ', h('code', {}, 'exception'), '.'));
      return announce('Sent.');
    }
    const { values, failure, milliseconds } = outcome;
    const time = h('span', { class: 'hint' }, `in ${milliseconds} ms`);
    this.#answer.replaceChildren(
      h('h4', {}, failure ? 'Refused ' : 'Answered ', time),
      failure ? failureText(failure) : h('pre', { tabindex: 0 }, answerText(values)),
    );
    const { issues } = failure ?? {};
    if (issues) this.#editor.complain(issues);
    announce(failure ? `${failure.code}: ${failure.message}` : `Answer: ${answerText(values)}`);
  }

  /** The call as it stands in the form, with the answer if it was sent so. @throws InputError for text that is no value */
  #call(): Call {
    const args = this.#editor.read() as readonly unknown[];
    const connection = this.#connection;
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

function answerText(values: readonly unknown[]): string {
  return values.length === 0
    ? 'Nothing: the acknowledgement has no value.'
    : values.map((each) => jsonText(each)).join(',\n');
}
