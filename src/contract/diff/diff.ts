/** Two contracts → what changed, and what of it breaks old clients: what comes in may only widen, what goes out only narrow. */
import type {
  AnswerContract,
  ArgumentContract,
  Contract,
  EmissionContract,
  EventContract,
  HandshakeContract,
  NamespaceContract,
  ValueContract,
} from '../contract.js';
import type { Change, Direction } from './changes.js';
import { SchemaDiff } from './schema-diff.js';

/** Lists the changes from an old contract to a new one. */
export function diffContracts(before: Contract, after: Contract): Change[] {
  const diff = new ContractDiff(before, after);
  diff.compare(before, after);
  return diff.changes;
}

class ContractDiff {
  readonly changes: Change[] = [];
  readonly #schemas: SchemaDiff;

  constructor(before: Contract, after: Contract) {
    this.#schemas = new SchemaDiff(before.schemas, after.schemas, this.#report);
  }

  readonly #report = (kind: string, where: string, message: string, breaking: boolean): void => {
    this.changes.push({ kind, where, message, breaking });
  };

  compare(before: Contract, after: Contract): void {
    this.#each(before.namespaces, after.namespaces, ({ path }) => path, {
      removed: (path) => this.#report('namespace_removed', path, 'the namespace was removed', true),
      added: (path) => this.#report('namespace_added', path, 'the namespace is new', false),
      kept: (path, a, b) => this.#namespace(path, a, b),
    });
    this.#each(before.emits, after.emits, ({ name }) => name, {
      removed: (name) => this.#report('emission_removed', name, 'the event is not sent any more', true),
      added: (name) => this.#report('emission_added', name, 'the event is new', false),
      kept: (name, a, b) => this.#emission(name, a, b),
    });
  }

  #namespace(path: string, before: NamespaceContract, after: NamespaceContract): void {
    if (before.pattern !== after.pattern)
      this.#report('pattern_changed', path, 'the pattern of the path changed', true);
    if (!before.session && after.session) this.#report('session_required', path, 'the session of HTTP is needed', true);
    this.#each(handshakeOf(before), handshakeOf(after), ({ source, key }) => `${source} ${key ?? ''}`.trim(), {
      removed: (name) => this.#report('handshake_removed', `${path}, ${name}`, 'it is not read any more', false),
      added: (name, value) => this.#newHandshake(`${path}, ${name}`, value),
      kept: (name, a, b) => this.#value(`${path}, ${name}`, a, b, 'in'),
    });
    this.#each(before.events, after.events, ({ name }) => name, {
      removed: (name) => this.#report('event_removed', `${path} ${name}`, 'the event is not handled any more', true),
      added: (name) => this.#report('event_added', `${path} ${name}`, 'the event is new', false),
      kept: (name, a, b) => this.#event(`${path} ${name}`, a, b),
    });
    if (before.any && !after.any) this.#report('any_removed', path, 'other events are not handled any more', true);
  }

  #newHandshake(where: string, { optional, type }: HandshakeContract): void {
    const isRequired = !optional && type !== 'unknown';
    this.#report('handshake_added', where, isRequired ? 'it is needed now' : 'it is read now', isRequired);
  }

  #event(where: string, before: EventContract, after: EventContract): void {
    this.#arguments(where, before, after);
    this.#answer(where, before.answer, after.answer);
    for (const code of after.errors) {
      if (!before.errors.includes(code)) this.#report('code_added', where, `it may answer the code ${code}`, true);
    }
    for (const code of before.errors) {
      if (!after.errors.includes(code))
        this.#report('code_removed', where, `it does not answer the code ${code} any more`, false);
    }
    if (!before.deprecated && after.deprecated) this.#report('deprecated', where, 'it is deprecated', false);
    if (before.limits.timeout > after.limits.timeout) {
      this.#report('timeout_lowered', where, `the time limit is ${after.limits.timeout} ms now`, false);
    }
  }

  #arguments(where: string, before: EventContract, after: EventContract): void {
    const count = Math.max(before.arguments.length, after.arguments.length);
    for (let position = 0; position < count; position++) {
      const [a, b] = [before.arguments[position], after.arguments[position]];
      const at = `${where}, argument ${position + 1}`;
      if (!a) this.#newArgument(at, b!, before.rest);
      else if (!b) this.#report('argument_removed', at, 'the argument is not read any more', !after.rest);
      else this.#value(at, a, b, 'in');
    }
    if (before.rest && !after.rest)
      this.#report('rest_removed', where, 'further arguments are not read any more', true);
  }

  #newArgument(where: string, { optional, type }: ArgumentContract, wasRest: boolean): void {
    const isRequired = !optional && (type !== 'unknown' || wasRest);
    this.#report(
      'argument_added',
      where,
      isRequired ? 'the argument is needed now' : 'the argument is new, and optional',
      isRequired,
    );
  }

  #answer(where: string, before: AnswerContract | undefined, after: AnswerContract | undefined): void {
    const at = `${where}, answer`;
    if (!before && !after) return;
    if (!before) return this.#report('answer_declared', at, 'the answer is declared now', false);
    if (!after) return this.#report('answer_undeclared', at, 'the answer is not declared any more', true);
    this.#values(at, before.values, after.values, 'answer_value');
  }

  #emission(name: string, before: EmissionContract, after: EmissionContract): void {
    this.#values(name, before.arguments, after.arguments, 'emission_argument');
    if (!before.acknowledged && after.acknowledged) {
      this.#report('emission_acknowledged', name, 'clients may be asked to acknowledge it', true);
    }
  }

  #values(where: string, before: readonly ValueContract[], after: readonly ValueContract[], kind: string): void {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      const [a, b] = [before[index], after[index]];
      const at = before.length > 1 || after.length > 1 ? `${where} ${index + 1}` : where;
      if (!a) this.#report(`${kind}_added`, at, 'the value is new', false);
      else if (!b) this.#report(`${kind}_removed`, at, 'the value is not sent any more', true);
      else this.#value(at, a, b, 'out');
    }
  }

  #value(where: string, before: ValueContract, after: ValueContract, direction: Direction): void {
    if (before.optional !== after.optional) {
      const kind = after.optional ? 'became_optional' : 'became_required';
      const message = after.optional ? 'it may be left out now' : 'it is needed now';
      this.#report(kind, where, message, (direction === 'in') !== after.optional);
    }
    if (before.each !== after.each) {
      return this.#report('each_changed', where, after.each ? 'it is an array now' : 'it is one value now', true);
    }
    const isOpaque = (value: ValueContract): boolean => Object.keys(value.schema).length === 0;
    if (before.type !== after.type && (isOpaque(before) || isOpaque(after))) {
      const isWider = isOpaque(after);
      const message = isWider ? 'it may be anything now' : `it must be ${after.type} now`;
      return this.#report('type_changed', where, message, (direction === 'in') !== isWider);
    }
    this.#schemas.compare(where, without(before), without(after), direction);
  }

  #each<Item>(
    before: readonly Item[],
    after: readonly Item[],
    nameOf: (item: Item) => string,
    found: {
      readonly removed: (name: string) => void;
      readonly added: (name: string, item: Item) => void;
      readonly kept: (name: string, before: Item, after: Item) => void;
    },
  ): void {
    const old = new Map(before.map((item) => [nameOf(item), item]));
    const fresh = new Map(after.map((item) => [nameOf(item), item]));
    for (const [name, item] of old) {
      const same = fresh.get(name);
      if (same) found.kept(name, item, same);
      else found.removed(name);
    }
    for (const [name, item] of fresh) if (!old.has(name)) found.added(name, item);
  }
}

function handshakeOf({ handshake, parameters }: NamespaceContract): readonly HandshakeContract[] {
  return [...handshake, ...parameters];
}

/** The schema of a value; that it may be `null` is said by `optional`. */
function without({ schema, optional }: ValueContract): ValueContract['schema'] {
  const { anyOf } = schema;
  return optional && Array.isArray(anyOf) && anyOf.length === 2 ? (anyOf[0] as ValueContract['schema']) : schema;
}
