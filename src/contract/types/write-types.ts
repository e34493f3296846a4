/** The contract as a TypeScript file for clients: joined to the server's classes, or without any import. */
import type { ArgumentContract, Contract, EventContract, NamespaceContract, ValueContract } from '../contract.js';
import { interfaceName, objectType, propertyName, valueType } from './schema-type.js';

/** Options of {@link writeTypes}. */
export interface TypesOptions {
  /**
   * The module that a class of the server is imported from, as it stands in the generated file. Unless given, or if it knows
   * none, the file has the class's own interface, and no import.
   */
  readonly importOf?: (className: string) => string | undefined;
}

const head = '/** Written by `colloquy types`. Do not edit it: write it again. */';

/**
 * Writes the types of a contract. With `importOf`, an event is `Call<ChatController["say"], [0]>`: a changed class changes the
 * client's types at once. Without it, the file has a named interface for each DTO.
 */
export function writeTypes(contract: Contract, { importOf = () => undefined }: TypesOptions = {}): string {
  const writer = new Writer(contract, importOf);
  const namespaces = contract.namespaces.map((namespace) => writer.namespace(namespace));
  const body = `export interface Contract {\n${namespaces.join('\n')}\n}\n`;
  return [head, ...writer.imports(), ...writer.interfaces(), body].join('\n');
}

class Writer {
  readonly #imported = new Map<string, string>();
  readonly #helpers = new Set<string>();
  readonly #named = new Set<string>();

  constructor(
    private readonly contract: Contract,
    private readonly importOf: (className: string) => string | undefined,
  ) {}

  namespace({ path, events }: NamespaceContract): string {
    const calls = events.map(
      (event) => `${comment(event)}      ${JSON.stringify(event.name)}: ${this.#call(event)};\n`,
    );
    const emits = this.contract.emits.map(
      ({ name, arguments: list }) =>
        `      ${JSON.stringify(name)}: [${list.map((each) => this.#sent(each)).join(', ')}];\n`,
    );
    return `  ${JSON.stringify(path)}: {\n    events: {\n${calls.join('')}    };\n    emits: {\n${emits.join('')}    };\n  };`;
  }

  imports(): string[] {
    const lines = [...this.#imported].map(([name, from]) => `import type { ${name} } from ${JSON.stringify(from)};`);
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
    const from = event.class === undefined || !isName(event.class) ? undefined : this.importOf(event.class);
    if (from === undefined) return this.#standalone(event);
    this.#imported.set(event.class!, from);
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
    const from = value.type in this.contract.schemas ? this.importOf(value.type) : undefined;
    if (from === undefined) return this.#own(value);
    this.#imported.set(value.type, from);
    this.#helpers.add('Json');
    return `Json<${value.type}>${value.each ? '[]' : ''}`;
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
