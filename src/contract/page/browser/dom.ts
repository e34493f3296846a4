/** Elements, made without HTML: whatever a text of the application has in it, it stays text. */

type Attribute = string | number | boolean | undefined | ((event: never) => void);

/** The attributes of an element; a function listens to the event of that name. */
export type Attributes = Readonly<Record<string, Attribute>>;

export type Child = Node | string | false | undefined;

/** Makes an element. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as (event: Event) => void);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** A button that submits nothing. */
export function button(text: string, run: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h('button', { type: 'button', click: run, ...attributes }, text);
}

/** The element of the page with an id. */
export function byId<Type extends HTMLElement>(id: string): Type {
  return document.getElementById(id) as Type;
}

let ids = 0;

/** An id that no other element has. */
export function freshId(): string {
  return `id-${++ids}`;
}

/** A label and its control. */
export function labelled(text: string, control: HTMLElement, attributes: Attributes = {}): HTMLElement {
  control.id ||= freshId();
  return h('div', { class: 'field', ...attributes }, h('label', { for: control.id }, text), control);
}

/** Several choices of which one holds, as radio buttons in a row. */
export function choice(
  legend: string,
  names: readonly string[],
  chosen: (name: string) => void,
): { readonly element: HTMLElement; select(name: string): void } {
  const group = freshId();
  const inputs = names.map((name, index) =>
    h('input', { type: 'radio', name: group, value: name, checked: index === 0, change: () => chosen(name) }),
  );
  const labels = inputs.map((input, index) => h('label', {}, input, names[index]));
  return {
    element: h('fieldset', { class: 'choice' }, h('legend', { class: 'hidden' }, legend), ...labels),
    select: (name) => inputs.forEach((input) => (input.checked = input.value === name)),
  };
}

/** Says something to screen readers. */
export function announce(text: string): void {
  byId('announcer').textContent = text;
}
