/** A field → the elements that ask for it: what is typed becomes a value, and an issue stands at its place. */
import { button, freshId, h } from '../dom.js';
import type { Field, Property } from './field.js';
import { jsonText } from '../values.js';

/** The part of a form that asks for one value. */
export interface Input {
  readonly element: HTMLElement;
  /** The value; `undefined` leaves it out. @throws InputError for text that is no value */
  read(): unknown;
  /** The part that asks for a property or an element. */
  at(name: string): Input | undefined;
  /** Shows an issue, or takes it away. */
  complain(message?: string): void;
}

/** The part of a form at a path: property names and indexes, joined with dots. */
export function placeOf(root: Input, path: string): Input | undefined {
  let place: Input | undefined = root;
  for (const name of path === '' ? [] : path.split('.')) place = place?.at(name);
  return place;
}

/** Text of a form that is no value. */
export class InputError extends Error {}

/** How a value is called, and whether it may be left out. */
export interface Naming {
  readonly label: string;
  readonly required: boolean;
}

/** Makes the part of a form that asks for a field, filled with a value. */
export function inputOf(field: Field, naming: Naming, value?: unknown): Input {
  switch (field.kind) {
    case 'tuple':
      return tupleInput(field, value);
    case 'object':
      return groupInput(field, naming, value);
    case 'list':
      return listInput(field, naming, value);
    case 'boolean':
      return choiceInput({ ...field, options: [true, false] }, naming, value);
    case 'choice':
      return choiceInput(field, naming, value);
    default:
      return textInput(field, naming, value);
  }
}

type TextControl = HTMLInputElement | HTMLTextAreaElement;

function textInput(field: Field, naming: Naming, value: unknown): Input {
  const { kind } = field;
  const control: TextControl =
    kind === 'json'
      ? h('textarea', { rows: 2, spellcheck: 'false', class: 'code', placeholder: 'JSON' })
      : h('input', { autocomplete: 'off', ...(kind === 'number' ? { type: 'number', step: 'any' } : {}) });
  if (value !== undefined) control.value = typeof value === 'string' && kind !== 'json' ? value : jsonText(value);
  const reads: Partial<Record<Field['kind'], (text: string) => unknown>> = {
    number: (text) => (text === '' ? undefined : Number(text)),
    bytes: (text) => (text === '' && !naming.required ? undefined : new TextEncoder().encode(text)),
    json: (text) => (text.trim() === '' ? undefined : parseJson(text)),
  };
  const read = reads[kind] ?? ((text) => (text === '' && !naming.required ? undefined : text));
  return leaf(field, naming, control, () => read(control.value));
}

/** @throws InputError if the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`This is not JSON: ${(error as Error).message}`);
  }
}

function choiceInput(field: Field, naming: Naming, value: unknown): Input {
  const options = field.options ?? [];
  const texts = options.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  const control = h('select', {}, h('option', { value: '' }, '–'), ...texts.map((text) => h('option', {}, text)));
  control.selectedIndex = options.indexOf(value) + 1;
  return leaf(field, naming, control, () => options[control.selectedIndex - 1]);
}

function leaf(field: Field, { label, required }: Naming, control: HTMLElement, value: () => unknown): Input {
  const [id, hintId, issueId] = [freshId(), freshId(), freshId()];
  const issue = h('p', { id: issueId, class: 'issue', hidden: true });
  const hint = [required ? '' : 'optional', field.kind === 'bytes' ? 'text, sent as bytes' : '', ...field.rules];
  control.id = id;
  control.setAttribute('aria-describedby', `${hintId} ${issueId}`);
  if (required) control.setAttribute('aria-required', 'true');
  const complain = (message?: string): void => {
    issue.textContent = message ?? '';
    issue.hidden = message === undefined;
    if (message === undefined) control.removeAttribute('aria-invalid');
    else control.setAttribute('aria-invalid', 'true');
  };
  control.addEventListener('input', () => complain());
  return {
    element: h(
      'div',
      { class: 'field' },
      h('div', { class: 'name' }, h('label', { for: id }, label), h('code', {}, field.type)),
      control,
      h('p', { id: hintId, class: 'hint' }, hint.filter(Boolean).join(' · ')),
      issue,
    ),
    read() {
      try {
        return value();
      } catch (error) {
        complain((error as Error).message);
        throw error;
      }
    },
    at: () => undefined,
    complain,
  };
}

/** The arguments of an event; the issues of a single one do not name its position. */
function tupleInput(field: Field, value: unknown): Input {
  const given = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const properties = field.properties!();
  const isOne = properties.length === 1;
  const inputs = properties.map((each, index) => propertyInput(each, given[index], argumentLabel(each, index, isOne)));
  const more = field.rest ? restInput(given.slice(inputs.length)) : undefined;
  const empty = properties.length === 0 && !more && h('p', { class: 'hint' }, 'This event takes no arguments.');
  return {
    element: h(
      'div',
      { class: 'fields' },
      ...[...inputs, ...(more ? [more] : [])].map(({ element }) => element),
      empty,
    ),
    read() {
      const values = inputs.map((each) => each.read());
      const rest = more?.read() ?? [];
      while (values.length > 0 && values.at(-1) === undefined) values.pop();
      return [...values, ...(Array.isArray(rest) ? (rest as unknown[]) : [rest])];
    },
    at: (name) => (inputs.length > 1 && inputs[Number(name)]) || inputs[0]?.at(name),
    complain: (message) => inputs[0]?.complain(message),
  };
}

function argumentLabel({ field }: Property, index: number, isOne: boolean): string {
  return isOne && field.kind === 'object' ? field.type : `Argument ${index + 1}`;
}

function restInput(given: readonly unknown[]): Input {
  const field: Field = { kind: 'json', type: 'unknown[]', rules: [] };
  return textInput(field, { label: 'Arguments', required: false }, given.length > 0 ? given : undefined);
}

function propertyInput({ name, required, field }: Property, value: unknown, label = name): Input {
  return inputOf(field, { label, required }, value);
}

/** The properties of an object. One that may be left out is opened first. */
function groupInput(field: Field, { label, required }: Naming, value: unknown): Input {
  const issue = h('p', { class: 'issue', hidden: true });
  const body = h('div', { class: 'fields' });
  let inputs: Map<string, Input> | undefined;
  const toggle = button('', () => (inputs ? close() : open()), { class: 'small quiet' });
  const open = (given?: unknown): void => {
    const values = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
    const valueOf = (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
    inputs = new Map(field.properties!().map((each) => [each.name, propertyInput(each, valueOf(each.name))]));
    body.replaceChildren(...[...inputs.values()].map(({ element }) => element));
    if (inputs.size === 0) body.append(h('p', { class: 'hint' }, 'It has no properties.'));
    toggle.textContent = `Leave ${label} out`;
  };
  const close = (): void => {
    inputs = undefined;
    body.replaceChildren();
    toggle.textContent = `Add ${label}`;
  };
  if (required || value !== undefined) open(value);
  else close();
  return {
    element: h(
      'fieldset',
      { class: 'group' },
      h('legend', {}, label, ' ', label !== field.type && h('code', {}, field.type)),
      ...(required ? [] : [toggle]),
      body,
      issue,
    ),
    read() {
      if (!inputs) return undefined;
      const entries = [...inputs].map(([name, input]) => [name, input.read()] as const);
      return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
    },
    at: (name) => inputs?.get(name),
    complain(message) {
      issue.textContent = message ?? '';
      issue.hidden = message === undefined;
      if (message === undefined) inputs?.forEach((input) => input.complain());
    },
  };
}

/** The elements of an array. */
function listInput(field: Field, { label, required }: Naming, value: unknown): Input {
  const issue = h('p', { class: 'issue', hidden: true });
  const body = h('ol', { class: 'fields' });
  let inputs: Input[] = [];
  const add = (given?: unknown): void => {
    const input = inputOf(field.item!(), { label: `${label} ${inputs.length + 1}`, required: true }, given);
    const remove = button('Remove', () => {
      inputs = inputs.filter((each) => each !== input);
      row.remove();
      more.focus();
    });
    remove.className = 'small quiet';
    const row = h('li', {}, input.element, remove);
    inputs.push(input);
    body.append(row);
  };
  const more = button(`Add to ${label}`, () => add(), { class: 'small quiet' });
  if (Array.isArray(value)) value.forEach(add);
  return {
    element: h(
      'fieldset',
      { class: 'group' },
      h('legend', {}, label, ' ', h('code', {}, field.type)),
      h('p', { class: 'hint' }, [required ? '' : 'optional', ...field.rules].filter(Boolean).join(' · ')),
      body,
      more,
      issue,
    ),
    read: () => (inputs.length === 0 && !required ? undefined : inputs.map((each) => each.read())),
    at: (name) => inputs[Number(name)],
    complain(message) {
      issue.textContent = message ?? '';
      issue.hidden = message === undefined;
      if (message === undefined) inputs.forEach((input) => input.complain());
    },
  };
}
