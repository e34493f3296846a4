/** Compiles payload classes, and says what is left to the libraries and why. */
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { PLAIN_TO_CLASS, typesOf, type Direction } from '../nested.js';
import type { Class, SettledOptions } from '../payload-options.js';
import type { Steps } from '../library.js';
import { namesMisfit, typeMisfit, validationMisfit } from './compilable.js';
import { processReasons } from './known-libraries.js';
import { ErrorMaker } from './validate/error-maker.js';
import { namesOf } from './transform/transform-class.js';
import { PlainMaker } from './to-plain/to-plain.js';
import { Copies, copyOf, noCopy, type Copy } from './transform/copy.js';
import { Transformer } from './transform/transform.js';
import { Shapes } from '../shape/shapes.js';
import { RuleSelection } from './selection.js';
import { CompiledValidator } from './validate/validate.js';
import { Watch } from './watch.js';

/** The result of compiling one class under one set of options. */
export interface Compilation {
  /** The compiled steps; without them the class is left to the libraries altogether. */
  readonly steps: Steps | undefined;
  /** The parts that are left to the libraries, with the reasons. */
  readonly reasons: readonly string[];
  /** The shapes that the class and those nested in it declare; `undefined` if there is nothing to look at. */
  readonly shapes: Shapes | undefined;
  /** Makes what the transformation may change, as the libraries take discriminators out; `undefined` if nothing is changed. */
  readonly copy: Copy | undefined;
  /** Whether metadata were added since, so that it must be compiled again. */
  isStale(): boolean;
}

/**
 * Compiles what class-transformer and class-validator do for classes under one set of options. The result cannot be
 * told apart from theirs, because what compiled code does not know as well is left to them, and that is decided before
 * any user code has run:
 *
 * 1. Process: everything, if the libraries are not the code that is known, or under an option that is rare
 *    (`known-libraries.ts`).
 * 2. Class: the objects of a class that extends a built-in, or has a property that every object has (`compilable.ts`).
 * 3. Value: what JSON cannot make, such as a Map, a promise or an instance (`transform/transform.ts`).
 * 4. Stale: metadata that come later make the class be compiled again (`watch.ts`).
 *
 * Not promised: how many microtasks pass before a promise settles, how often a getter in the input is read,
 * the wording of the engine's own errors, that a method added to a prototype after boot is noticed, and that a rule of a
 * user's own with the name and the constraints of one of class-validator's is not asked once more.
 */
export class PayloadCompiler {
  readonly #options: SettledOptions;
  /** Why nothing can be compiled in this process. */
  readonly #reasons: readonly string[];
  readonly #errors: ErrorMaker;
  readonly #rules: RuleSelection;

  constructor(
    options: SettledOptions,
    readonly direction: Direction = PLAIN_TO_CLASS,
  ) {
    this.#options = options;
    this.#reasons = processReasons(options);
    this.#errors = new ErrorMaker(options.validator);
    this.#rules = new RuleSelection(options.validator);
  }

  compile(type: Class): Compilation {
    const watch = new Watch();
    watch.add(type);
    const isStale = watch.isStale.bind(watch);
    const shapes = this.#shapesOf(type, watch);
    const left = { steps: undefined, shapes, copy: copyOf, isStale };
    if (this.#reasons.length > 0) return { ...left, reasons: this.#reasons };
    const { classes, reasons } = survey(type, this.#rules);
    if (!classes.has(type)) return { ...left, reasons };
    const transformer = new Transformer(this.#options.transform, watch);
    const validator = new CompiledValidator(this.#options, watch, this.#errors, this.#rules);
    for (const [next, { names, rules: selected }] of classes) {
      transformer.prepare(next, names);
      validator.prepare(next, selected);
    }
    const plain = new PlainMaker(this.#options.transform, watch);
    const steps: Steps = {
      toPlain: plain.make.bind(plain),
      transform: transformer.of(type),
      validate: validator.validate.bind(validator),
    };
    const partial = new Copies().of(type);
    const copy = reasons.length > 0 ? copyOf : partial === noCopy ? undefined : partial;
    return { steps, reasons, shapes, copy, isStale };
  }

  #shapesOf(type: Class, watch: Watch): Shapes | undefined {
    if (this.#options.shape === 'library') return undefined;
    const shapes = new Shapes(this.#options, this.#rules, watch, this.direction);
    return shapes.declares(type) ? shapes : undefined;
  }
}

/** The facts of a class that can be compiled. */
interface Surveyed {
  /** Of its properties. */
  readonly names: readonly string[];
  /** Those that apply under the options. */
  readonly rules: ValidationMetadata[];
}

/** Looks at one class; says why it cannot be compiled, where it cannot. */
function look(type: Function, selection: RuleSelection): Surveyed | string {
  const invalidValue = typeMisfit(type);
  if (invalidValue) return invalidValue;
  const names = namesOf(type as Class);
  const rules = selection.of(type);
  return namesMisfit(names) ?? validationMisfit(type, rules) ?? { names, rules };
}

/** A class and all nested in it, as far as can be seen at boot: those that can be compiled, and why others cannot. */
function survey(type: Class, selection: RuleSelection): { classes: Map<Class, Surveyed>; reasons: string[] } {
  const classes = new Map<Class, Surveyed>();
  const reasons: string[] = [];
  const seen = new Set<unknown>();
  const queue: unknown[] = [type];
  for (const next of queue) {
    if (seen.has(next) || typeof next !== 'function' || CONVERTED.has(next)) continue;
    seen.add(next);
    const found = look(next, selection);
    if (typeof found === 'string') {
      reasons.push(`${next.name}: ${found}`);
      continue;
    }
    classes.set(next as Class, found);
    for (const name of found.names) queue.push(...nestedIn(next as Class, name));
  }
  return { classes, reasons };
}

const CONVERTED: ReadonlySet<unknown> = new Set([String, Number, Boolean, Date, Object]);

function nestedIn(type: Class, property: string): readonly unknown[] {
  const metadata = metadataOf(type, property);
  return metadata ? typesOf(metadata, property) : [];
}

function metadataOf(type: Class, property: string): TypeMetadata | undefined {
  return defaultMetadataStorage.findTypeMetadata(type, property) as TypeMetadata | undefined;
}
