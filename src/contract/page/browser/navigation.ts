/** The list of all that the book has, with a search over it. */
import type { Contract } from '../../contract.js';
import { byId, h } from './dom.js';
import { ANY_EVENT, hashOf } from './views.js';

interface Item {
  readonly text: string;
  readonly hash: string;
  readonly isDeprecated?: boolean;
}

interface Group {
  readonly title: string;
  readonly hash?: string;
  readonly items: readonly Item[];
}

function groupsOf({ namespaces, emits, schemas }: Contract): Group[] {
  const received = namespaces.map(({ path, events, any }) => ({
    title: path,
    hash: hashOf('namespace', path),
    items: [
      ...events.map(({ name, deprecated }) => ({
        text: name,
        hash: hashOf('event', path, name),
        isDeprecated: deprecated !== undefined && deprecated !== false,
      })),
      ...(any ? [{ text: ANY_EVENT, hash: hashOf('any', path) }] : []),
    ],
  }));
  const sent = emits.map(({ name }) => ({ text: name, hash: hashOf('emits', name) }));
  const named = Object.keys(schemas).map((name) => ({ text: name, hash: hashOf('schemas', name) }));
  return [
    ...received,
    { title: 'Sent to clients', items: sent },
    { title: 'Schemas', items: named },
    { title: 'More', items: [{ text: 'Error codes', hash: hashOf('codes') }] },
  ];
}

/** Fills the list, and lets it be searched. */
export function fillNavigation(contract: Contract): void {
  const rows: { readonly element: HTMLElement; readonly text: string; readonly group: HTMLElement }[] = [];
  const groups = groupsOf(contract).filter(({ items, hash }) => items.length > 0 || hash !== undefined);
  for (const { title, hash, items } of groups) {
    const heading = h('h2', {}, hash === undefined ? title : h('a', { href: hash }, title));
    const list = h('ul');
    const group = h('section', {}, heading, list);
    for (const { text, hash: target, isDeprecated } of items) {
      const element = h(
        'li',
        {},
        h('a', { href: target, class: isDeprecated === true ? 'deprecated' : undefined }, text),
      );
      list.append(element);
      rows.push({ element, text: `${title} ${text}`.toLowerCase(), group });
    }
    byId('navigation').append(group);
  }
  const search = byId<HTMLInputElement>('search');
  search.addEventListener('input', () => {
    const words = search.value.toLowerCase();
    for (const { element, text } of rows) element.hidden = !text.includes(words);
    const shown = new Set(rows.filter(({ element }) => !element.hidden).map(({ group }) => group));
    for (const { group } of rows) group.hidden = words !== '' && !shown.has(group);
    byId('search-count').textContent =
      words === '' ? '' : `${rows.filter(({ element }) => !element.hidden).length} found`;
  });
}

/** Marks the place in the list that is shown. */
export function markCurrent(hash: string): void {
  for (const anchor of byId('navigation').querySelectorAll('a')) {
    if (anchor.getAttribute('href') === hash) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
}
