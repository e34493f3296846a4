/** The pages of the book: a namespace, an event, what is sent to clients, codes and schemas. */
import { valueType } from '../../types/schema-type.js';
import type {
  Contract,
  EmissionContract,
  EventContract,
  HandshakeContract,
  JsonSchema,
  NamespaceContract,
  ValueContract,
} from '../../contract.js';
import { h, type Child } from './dom.js';

/** The address of a view, by the names that lead to it. */
export function hashOf(...names: readonly string[]): string {
  return `#/${names.map(encodeURIComponent).join('/')}`;
}

/** The content of a view under its heading. */
export interface View {
  readonly title: string;
  /** Stands before the title: where it belongs. */
  readonly over: Child;
  readonly parts: readonly Child[];
}

const link = (text: string, ...names: readonly string[]): HTMLElement => h('a', { href: hashOf(...names) }, text);
const code = (text: string): HTMLElement => h('code', {}, text);

function section(title: string, ...parts: readonly Child[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), ...parts);
}

/** Rows of a term and what is said of it. */
function facts(rows: readonly (readonly [term: Child, ...said: readonly Child[]])[]): HTMLElement {
  return h('dl', {}, ...rows.flatMap(([term, ...said]) => [h('dt', {}, term), h('dd', {}, ...said)]));
}

const separated = (parts: readonly Child[]): Child[] =>
  parts.flatMap((part, index) => (index > 0 ? [', ', part] : [part]));

/** A type, which leads to its schema if it has one. */
function typeOf(value: ValueContract, { schemas }: Contract): HTMLElement {
  const text = code(valueType(value));
  return Object.hasOwn(schemas, value.type) ? h('a', { href: hashOf('schemas', value.type) }, text) : text;
}

/** The name of the handler of all events without one of their own. */
export const ANY_EVENT = 'any other event';

/** One event that clients send; `play` is where it is tried. */
export function eventView(contract: Contract, namespace: NamespaceContract, event: EventContract, play: Child): View {
  const { deprecated, summary, answer, handler, limits, middleware, emits, errors } = event;
  const use = typeof deprecated === 'string' ? `Deprecated: ${deprecated}` : 'Deprecated.';
  const values = answer?.values.map((each) => typeOf(each, contract));
  return {
    title: event === namespace.any ? ANY_EVENT : event.name,
    over: link(namespace.path, 'namespace', namespace.path),
    parts: [
      deprecated !== undefined && deprecated !== false && h('p', { class: 'badge' }, use),
      summary !== undefined && h('p', { class: 'lead' }, summary),
      section('Send', play),
      section(
        'Answer',
        values === undefined
          ? h('p', { class: 'hint' }, 'Not declared: ', code('returns'), ' of the handler would say what it is.')
          : h('p', {}, ...(values.length === 0 ? ['Nothing, as an acknowledgement.'] : separated(values))),
      ),
      section('Error codes', codesList(contract, errors)),
      section(
        'Handler',
        facts([
          ['method', code(handler)],
          ['time limit', limits.timeout % 1000 === 0 ? `${limits.timeout / 1000} s` : `${limits.timeout} ms`],
          ...(middleware.length > 0 ? ([['middleware', middleware.join(', ')]] as const) : []),
          ...(emits.length > 0
            ? ([['emits', ...separated(emits.map((each) => link(each, 'emits', each)))]] as const)
            : []),
        ]),
      ),
      schemaDetails(event.arguments, contract),
    ],
  };
}

/** Text whose parts between backticks are code. */
const prose = (text: string): Child[] => text.split('`').map((part, index) => (index % 2 === 1 ? code(part) : part));

/** The codes in a list, with their meanings; those of the application come first. */
function codesList({ codes }: Contract, names: readonly string[]): HTMLElement {
  return facts(
    names.map((name) => {
      const meaning = codes.find(({ code: known }) => known === name)?.meaning;
      return [
        h('code', { class: 'code-name' }, name),
        ...(meaning === undefined ? ['of the application'] : prose(meaning)),
      ];
    }),
  );
}

function schemaDetails(values: readonly ValueContract[], { schemas }: Contract): Child {
  if (values.length === 0) return undefined;
  const own = values.map(({ schema }) => schema);
  const named = Object.fromEntries(reachable(own, schemas).map((name) => [name, schemas[name]]));
  const text = JSON.stringify({ arguments: own, schemas: named }, undefined, 2);
  return h('details', {}, h('summary', {}, 'JSON Schema'), h('pre', { tabindex: 0 }, text));
}

/** The names of the schemas that are referred to, and those in them. */
function reachable(values: unknown, schemas: Readonly<Record<string, JsonSchema>>, found: string[] = []): string[] {
  if (typeof values !== 'object' || values === null) return found;
  for (const [keyword, value] of Object.entries(values)) {
    const name = keyword === '$ref' ? String(value).slice('#/schemas/'.length) : undefined;
    if (name === undefined) reachable(value, schemas, found);
    else if (!found.includes(name) && Object.hasOwn(schemas, name)) {
      found.push(name);
      reachable(schemas[name], schemas, found);
    }
  }
  return found;
}

/** A namespace: how to connect to it, and its events. */
export function namespaceView(contract: Contract, namespace: NamespaceContract, connect: Child): View {
  const { path, pattern, parameters, handshake, session, events, any, connectErrors } = namespace;
  const rows = [...parameters, ...handshake].map((each) => [nameOf(each), handshakeType(each, contract)] as const);
  const all = [...events.map((each) => [each, 'event'] as const), ...(any ? [[any, 'any'] as const] : [])];
  return {
    title: path,
    over: 'Namespace',
    parts: [
      h('div', { class: 'row' }, connect),
      pattern !== undefined && h('p', { class: 'hint' }, 'A family of namespaces: ', code(pattern)),
      section(
        'Events',
        all.length === 0
          ? h('p', { class: 'hint' }, 'It takes no events.')
          : facts(
              all.map(([event, kind]) => [
                link(kind === 'any' ? ANY_EVENT : event.name, kind, path, ...(kind === 'any' ? [] : [event.name])),
                event.summary ?? signature(event),
              ]),
            ),
      ),
      section(
        'Connecting',
        rows.length > 0 ? facts(rows) : h('p', { class: 'hint' }, 'Nothing is asked of the handshake.'),
        session && h('p', { class: 'hint' }, 'It reads the session of HTTP: this browser sends its cookie.'),
      ),
      section('Refusals', codesList(contract, connectErrors)),
    ],
  };
}

/** Headers and the like are text, which is read as the type that is declared. */
function handshakeType(value: HandshakeContract, contract: Contract): HTMLElement {
  return value.source === 'auth' || value.type in contract.schemas ? typeOf(value, contract) : code(value.type);
}

function nameOf({ source, key }: HandshakeContract): string {
  return key === undefined ? source : `${source} ${key}`;
}

function signature({ arguments: list, rest }: EventContract): HTMLElement {
  const types = list.map((each) => `${valueType(each)}${each.optional ? '?' : ''}`);
  return code(`(${[...types, ...(rest ? ['...unknown[]'] : [])].join(', ')})`);
}

/** One event that is sent to clients. */
export function emissionView(contract: Contract, { name, arguments: list, acknowledged }: EmissionContract): View {
  const rows = list.map((each, index) => [`${index + 1}`, typeOf(each, contract)] as const);
  return {
    title: name,
    over: 'Sent to clients',
    parts: [
      section('Arguments', rows.length > 0 ? facts(rows) : h('p', { class: 'hint' }, 'None.')),
      acknowledged && h('p', {}, 'The server may ask for an acknowledgement.'),
      schemaDetails(list, contract),
    ],
  };
}

export function codesView(contract: Contract): View {
  const names = contract.codes.map(({ code: name }) => name);
  return { title: 'Error codes', over: undefined, parts: [codesList(contract, names)] };
}

export function schemaView(name: string, schema: JsonSchema): View {
  return { title: name, over: 'Schema', parts: [h('pre', { tabindex: 0 }, JSON.stringify(schema, undefined, 2))] };
}
