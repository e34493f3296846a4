/** The contract as a TypeScript file for clients: joined to the server's classes, or without any import. */
import type { ArgumentContract, Contract, EventContract, NamespaceContract, ValueContract } from '../contract.js';
import { interfaceName, objectType, propertyName, valueType } from './schema-type.js';

/** The module that exports a class of the server. */
export interface ImportedClass {
  /** The module, as it stands in the generated file. */
  readonly from: string;
  /** The name of its export; `default` for the default one. */
  readonly name: string;
}

/** Options of {@link writeTypes}. */
export interface TypesOptions {
  /** Says where a class is imported from. Unless given, or if it knows none, the file has an interface of its own. */
  readonly importOf?: (className: string) => ImportedClass | undefined;
}

const HEAD = '/** Written by `colloquy types`. Do not edit it: write it again. */';

/**
 * Writes the types of a contract. With `importOf`, an event is `Call<ChatController["say"], [0]>`: a changed class changes the
 * client's types at once. Without it, the file has a named interface for each DTO.
 */
export function writeTypes(contract: Contract, { importOf = () => undefined }: TypesOptions = {}): string {
  const writer = new Writer(contract, importOf);
  const namespaces = contract.namespaces.map((namespace) => writer.namespace(namespace));
  const body = `export interface Contract {\n${namespaces.join('\n')}\n}\n`;
  return [HEAD, ...writer.imports(), ...writer.interfaces(), body].join('\n');
}

class Writer {
  readonly #imported = new Map<string, ImportedClass>();
  readonly #helpers = new Set<string>();
  readonly #named = new Set<string>();

  constructor(
    private readonly contract: Contract,
    private readonly importOf: (className: string) => ImportedClass | undefined,
  ) {}

  namespace({ path, events }: NamespaceContract): string {
    const calls = events.map(
      (event) => `${comment(event)}      ${JSON.stringify(event.name)}: ${this.#call(event)};\n`,
    );
    const emits = this.contract.emits.map(
      ({ name, arguments: list }) =>
        `      ${JSON.stringify(name)}: [${list.map((each) => this.#sent(each)).join(', ')}];\n`,
    );
    // Without the option `emits`, anything may be sent.
    if (emits.length === 0) emits.push('      [event: string]: unknown[];\n');
    return `  ${JSON.stringify(path)}: {\n    events: {\n${calls.join('')}    };\n    emits: {\n${emits.join('')}    };\n  };`;
  }

  imports(): string[] {
    const lines = [...this.#imported].map(([name, imported]) => {
      const names = imported.name === name ? name : `${imported.name} as ${name}`;
      return `import type { ${names} } from ${JSON.stringify(imported.from)};`;
    });
    if (this.#helpers.size === 0) return lines;
    return [`import type { ${[...this.#helpers].toSorted().join(', ')} } from 'colloquy/client';`, ...lines, ''];
  }

  /** The interfaces of all DTOs that are named, and of those inside of them. */
  interfaces(): string[] {
    const written: string[] = [];
    for (const name of this.#named) {
      const schema = this.contract.schemas[name]!;
      for (const inner of refsIn(schema)) this.#named.add(inner);
      written.push(`export interface ${interfaceName(name)} ${objectType(schema)}\n`);
    }
    return written;
  }

  #call(event: EventContract): string {
    if (!this.#imports(event.class)) return this.#standalone(event);
    this.#helpers.add('Call');
    const parts = [`${event.class}[${JSON.stringify(event.method)}]`, positionsOf(event)];
    const codes = ownCodes(event, this.contract);
    return `Call<${[...parts, ...(codes.length > 0 ? [codes.join(' | ')] : [])].join(', ')}>`;
  }

  #standalone(event: EventContract): string {
    const args = event.arguments.map((each, index) => {
      const isLast = event.arguments.slice(index).every(({ optional }) => optional);
      const type = this.#own(each);
      return isLast ? `${optionalElement(type)}?` : each.optional ? `${type} | null` : type;
    });
    const rest = event.rest ? ['...unknown[]'] : [];
    const values = event.answer?.values.map((each) => this.#own(each));
    const answer = !values
      ? 'unknown'
      : values.length === 0
        ? 'undefined'
        : values.length === 1
          ? values[0]!
          : `[${values.join(', ')}]`;
    const codes = ownCodes(event, this.contract);
    return `{ args: [${[...args, ...rest].join(', ')}]; answer: ${answer}; codes: ${codes.join(' | ') || 'never'} }`;
  }

  #sent(value: ValueContract): string {
    if (!(value.type in this.contract.schemas && this.#imports(value.type))) return this.#own(value);
    this.#helpers.add('Json');
    return `Json<${value.type}>${value.each ? '[]' : ''}`;
  }

  /** Whether the file imports a class, and has its name for nothing else. */
  #imports(name: string | undefined): boolean {
    if (name === undefined || !isName(name) || interfaceName(name) !== name) return false;
    const imported = this.importOf(name);
    if (imported) this.#imported.set(name, imported);
    return imported !== undefined;
  }

  #own(value: ValueContract | ArgumentContract): string {
    for (const name of refsIn(value.schema)) this.#named.add(name);
    return valueType(value);
  }
}

/** The codes that the event declares itself. */
function ownCodes({ errors }: EventContract, { codes }: Contract): string[] {
  const known = new Set(codes.filter(({ meaning }) => meaning !== undefined).map(({ code }) => code));
  return errors.filter((code) => !known.has(code)).map((code) => JSON.stringify(code));
}

/** The positions of the method's parameters, in the order in which their values are sent. */
function positionsOf({ arguments: list, rest }: EventContract): string {
  const places = list.map((each, index) => {
    const isLast = list.slice(index).every(({ optional }) => optional);
    return `${placeOf(each)}${isLast ? '?' : ''}`;
  });
  return `[${[...places, ...(rest ? ['...-1[]'] : [])].join(', ')}]`;
}

function placeOf({ source, parameters, properties = {} }: ArgumentContract): string {
  if (source === 'none') return '-1';
  if (source === 'argument') return String(parameters[0]);
  const entries = Object.entries(properties).map(
    ([name, { optional }], index) => `${propertyName(name)}${optional ? '?' : ''}: ${parameters[index]}`,
  );
  return `{ ${entries.join('; ')} }`;
}

function optionalElement(type: string): string {
  return type.includes('|') ? `(${type})` : type;
}

function isName(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

function comment({ summary, deprecated }: EventContract): string {
  const parts = [
    ...(summary === undefined ? [] : [summary]),
    ...(deprecated === undefined || deprecated === false
      ? []
      : [`@deprecated${deprecated === true ? '' : ` ${deprecated}`}`]),
  ];
  if (parts.length === 0) return '';
  const text = parts.join(' ').replaceAll('*/', '*\\/').replace(/\s+/g, ' ');
  return `      /** ${text} */\n`;
}

function refsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) =>
    keyword === '$ref' ? [(value as string).slice('#/schemas/'.length)] : refsIn(value),
  );
}
