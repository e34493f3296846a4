/** The event book in the browser: loads the contract, and shows the view that the address names. */
import type { EventContract, NamespaceContract } from '../../contract.js';
import type { Book } from '../book.js';
import type { Connect } from './connection.js';
import { Connections } from './connections.js';
import { button, byId, h } from './dom.js';
import { Feed } from './feed.js';
import { fillNavigation, markCurrent } from './navigation.js';
import { Sender } from './send.js';
import { codesView, emissionView, eventView, hashOf, namespaceView, schemaView, type View } from './views.js';

class Page {
  readonly #main = byId('main');
  #sender: Sender | undefined;

  constructor(
    private readonly book: Book,
    private readonly connections: Connections | undefined,
    /** Why nothing can be sent from here. */
    private readonly hindrance: string | undefined,
  ) {}

  /** @param isVisited moves the focus to the heading, so that screen readers read on there */
  show(isVisited: boolean): void {
    const hash = location.hash === '' ? this.#first() : location.hash;
    const names = hash.slice(2).split('/').map(decode);
    const view = this.#viewOf(names) ?? { title: 'Not found', over: undefined, parts: ['There is no such event.'] };
    const heading = h('h2', { tabindex: -1 }, view.title);
    const over = view.over !== undefined && h('p', { class: 'over' }, view.over);
    this.#main.replaceChildren(
      h('header', {}, over, heading),
      ...view.parts.filter((part) => part !== undefined && part !== false),
    );
    document.title = `${view.title} · Event book`;
    markCurrent(hash);
    this.#sender?.begin();
    if (['event', 'any', 'namespace'].includes(names[0]!)) this.connections?.suggest(names[1]!);
    if (!isVisited) return;
    heading.focus();
    scrollTo(0, 0);
  }

  #first(): string {
    const [namespace] = this.book.contract.namespaces;
    const [event] = namespace?.events ?? [];
    if (!namespace) return hashOf('codes');
    return event ? hashOf('event', namespace.path, event.name) : hashOf('namespace', namespace.path);
  }

  #viewOf([kind = '', first = '', second = '']: readonly string[]): View | undefined {
    const { contract } = this.book;
    const namespace = contract.namespaces.find(({ path }) => path === first);
    const event = kind === 'any' ? namespace?.any : namespace?.events.find(({ name }) => name === second);
    this.#sender = undefined;
    switch (kind) {
      case 'event':
      case 'any':
        return (
          namespace && event && eventView(contract, namespace, event, this.#play(namespace, event, kind === 'any'))
        );
      case 'namespace':
        return namespace && namespaceView(contract, namespace, this.#connectButton(first));
      case 'emits': {
        const emission = contract.emits.find(({ name }) => name === first);
        return emission && emissionView(contract, emission);
      }
      case 'schemas':
        return Object.hasOwn(contract.schemas, first) ? schemaView(first, contract.schemas[first]!) : undefined;
      case 'codes':
        return codesView(contract);
      default:
        return undefined;
    }
  }

  #play(namespace: NamespaceContract, event: EventContract, isAny: boolean): HTMLElement {
    if (!this.connections) return h('p', { class: 'failure' }, this.hindrance);
    this.#sender = new Sender(this.book, this.connections, namespace, event, isAny);
    return this.#sender.element;
  }

  #connectButton(path: string): HTMLElement | undefined {
    const { connections } = this;
    return connections && button(`Connect to ${path}`, () => connections.offer(path));
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Socket.IO's client is served by the application itself, or not at all. */
async function loadClient({ socket }: Book): Promise<Connect> {
  if (socket.isForeign) {
    throw new Error(
      'This application has a `parser` of its own, which this page does not speak: nothing can be sent from here.',
    );
  }
  if (socket.client === undefined) {
    throw new Error(
      "This application does not serve Socket.IO's client (`serveClient: false`), which this page connects with: nothing can be sent from here.",
    );
  }
  const { href } = new URL(socket.client, location.href);
  try {
    const { io } = (await import(href)) as { readonly io: Connect };
    return io;
  } catch {
    throw new Error(`Socket.IO's client could not be loaded from ${href}: nothing can be sent from here.`);
  }
}

function summaryOf({ name, contract }: Book): string {
  const { namespaces, emits } = contract;
  const events = namespaces.reduce((sum, each) => sum + each.events.length, 0);
  const parts = [count(namespaces.length, 'namespace'), count(events, 'event'), `${emits.length} sent to clients`];
  return [...(name === undefined ? [] : [name]), location.host, ...parts.slice(0, emits.length > 0 ? 3 : 2)].join(
    ' · ',
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

async function begin(): Promise<void> {
  const response = await fetch('book.json');
  if (!response.ok) throw new Error(`The event book could not be loaded: ${response.status}.`);
  const book = (await response.json()) as Book;
  byId('host').textContent = summaryOf(book);
  byId('recording').hidden = !book.isRecorded;
  fillNavigation(book.contract);
  const narrow = matchMedia('(max-width: 60rem)');
  byId<HTMLDetailsElement>('menu').open = !narrow.matches;
  narrow.addEventListener('change', ({ matches }) => (byId<HTMLDetailsElement>('menu').open = !matches));
  let connections: Connections | undefined;
  let hindrance: string | undefined;
  try {
    connections = new Connections(book, await loadClient(book), new Feed());
  } catch (error) {
    hindrance = (error as Error).message;
    byId('playground').replaceChildren(h('h2', {}, 'Connections'), h('p', { class: 'failure' }, hindrance));
  }
  const page = new Page(book, connections, hindrance);
  addEventListener('hashchange', () => {
    if (narrow.matches) byId<HTMLDetailsElement>('menu').open = false;
    page.show(true);
  });
  page.show(false);
}

begin().catch((error: unknown) => {
  byId('main').replaceChildren(h('p', { class: 'failure', role: 'alert' }, (error as Error).message));
});
