/** Options of decorators that do not exist: they would be ignored without a word. */
import type { Step } from '../../base/boot/report.js';
import { closest } from '../../base/boot/unknown-option.js';
import { payloadKeys, transformKeys, validatorKeys } from '../../payload/index.js';
import type {
  EmissionOptions,
  HandlerOptions,
  NamespaceOptions,
  ParamOptions,
  ReturningOptions,
} from '../metadata/types.js';
import type { HandlerFacts } from './facts.js';

const namesOf = <Options>(options: Readonly<Record<keyof Options, true>>): readonly string[] => Object.keys(options);

const handlerKeys = namesOf<HandlerOptions & ReturningOptions>({
  timeout: true,
  throws: true,
  summary: true,
  deprecated: true,
  returns: true,
});
const emissionKeys = namesOf<EmissionOptions>({ to: true, skipEmpty: true, on: true });
const namespaceKeys = namesOf<NamespaceOptions>({ scope: true, payload: true });
const paramKeys = namesOf<ParamOptions>({
  type: true,
  each: true,
  enum: true,
  optional: true,
  validator: true,
  transform: true,
  shape: true,
  message: true,
});

/** Yields the unknown options of a handler, of what it emits and of its parameters. */
export function* checkHandlerOptions({ label, kind, options, emissions, params }: HandlerFacts): Step<void> {
  yield* checkKeys(kind === 'any' ? '@OnAny' : '@On', options, handlerKeys, label);
  for (const emission of emissions) yield* checkKeys('@Emit', emission.options, emissionKeys, label);
  for (const { index, metadata } of params) {
    if (!metadata) continue;
    const where = `${label}, parameter ${index + 1}`;
    const decorator = `@${metadata.kind[0]!.toUpperCase()}${metadata.kind.slice(1)}`;
    yield* checkKeys(decorator, metadata.options, paramKeys, where);
    yield* checkLibraryOptions(decorator, metadata.options, where);
  }
}

/** Yields the unknown options of `@Namespace`. */
export function* checkNamespaceOptions(options: NamespaceOptions, where: string): Step<void> {
  yield* checkKeys('@Namespace', options, namespaceKeys, where);
  yield* checkKeys('`payload` of @Namespace', options.payload, payloadKeys, where);
  yield* checkLibraryOptions('`payload` of @Namespace', options.payload ?? {}, where);
}

function* checkLibraryOptions(of: string, { transform, validator }: ParamOptions, where: string): Step<void> {
  yield* checkKeys(`\`transform\` of ${of}`, transform, transformKeys, where);
  yield* checkKeys(`\`validator\` of ${of}`, validator, validatorKeys, where);
}

function* checkKeys(of: string, options: unknown, known: readonly string[], where: string): Step<void> {
  for (const [name, value] of Object.entries(Object(options) as object)) {
    if (value === undefined || known.includes(name)) continue;
    const meant = closest(name, known);
    yield {
      code: 'unknown_option',
      where,
      what: `${of} has no option \`${name}\`, so it would be ignored.`,
      fix: meant
        ? `did you mean \`${meant}\`?`
        : `take it out; there are ${known.map((each) => `\`${each}\``).join(', ')}.`,
    };
  }
}
