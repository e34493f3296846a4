/** The handshake of a namespace, as the parts of a form: `auth`, the query, the parameters of its path. */
import type { HandshakeContract, NamespaceContract } from '../../../contract.js';
import type { Book } from '../../book.js';
import { h, labelled } from '../dom.js';
import { fieldOf, objectField, type Field, type Schemas } from './field.js';
import { inputOf, type Input } from './input.js';

type Named = HandshakeContract & { readonly key: string };

const isNamed = (value: HandshakeContract): value is Named => value.key !== undefined;

export function authField({ contract }: Book, { handshake }: NamespaceContract): Field {
  const values = handshake.filter(({ source }) => source === 'auth');
  const whole = values.find(({ key }) => key === undefined);
  if (whole) return fieldOf(whole, contract.schemas);
  if (values.length > 0) return objectField(values.filter(isNamed), contract.schemas);
  return { kind: 'json', type: 'object', rules: [] };
}

interface TextInputs<Value> {
  readonly element: HTMLElement;
  readonly read: () => Value;
}

/** A namespace of its own path needs none; those of a family are asked for their parameters. */
export function pathInput({ path, pattern, parameters }: NamespaceContract): TextInputs<string> {
  if (pattern === undefined) return { element: h('div', { hidden: true }), read: () => path };
  const names = [...path.matchAll(/\/:(\w+)/g)].map(([, name]) => name!);
  if (names.length === 0) {
    const input = h('input', { value: path === '*' ? '/' : '', class: 'code', required: true });
    return { element: labelled(`Namespace, ${path}`, input), read: () => input.value };
  }
  const inputs = names.map((name) => h('input', { class: 'code', required: true, 'data-name': name }));
  const typeOf = (name: string): string => parameters.find(({ key }) => key === name)?.type ?? 'string';
  const fields = names.map((name, index) => labelled(`${name} (${typeOf(name)})`, inputs[index]!));
  const values = new Map(names.map((name, index) => [name, inputs[index]!]));
  return {
    element: h('div', { class: 'fields' }, ...fields),
    read: () => path.replace(/:(\w+)/g, (_, name: string) => values.get(name)!.value),
  };
}

/** Asks for what the namespace reads of the query, if it reads something. */
export function queryInput({ handshake }: NamespaceContract, schemas: Schemas): Input | undefined {
  const values = handshake.filter(({ source }) => source === 'query');
  const whole = values.find(({ key }) => key === undefined);
  if (values.length === 0) return undefined;
  const field = whole ? fieldOf(whole, schemas) : objectField(values.filter(isNamed), schemas);
  return inputOf(field, { label: 'query', required: true });
}

/** A query has only text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A browser sends headers and cookies by itself. */
export function notesOf({ handshake, session }: NamespaceContract): HTMLElement {
  const sent = handshake.filter(({ source }) => source === 'header' || source === 'cookie');
  const names = sent.map(({ source, key }) => (key === undefined ? `${source}s` : `${source} ${key}`));
  const all = [...new Set([...names, ...(session ? ['session'] : [])])];
  const text = `From this browser: ${all.join(', ')}.`;
  return h('p', { class: 'hint', hidden: all.length === 0 }, text);
}
