/** Compiles payload classes, and says what is left to the libraries and why. */
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { PLAIN_TO_CLASS, typesOf, type Direction } from '../nested.js';
import type { Class, SettledOptions } from '../payload-options.js';
import type { Steps } from '../library.js';
import { namesMisfit, typeMisfit, validationMisfit } from './compilable.js';
import { flatOf, type FlatClass } from './flat.js';
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
  /** `library`: the class is left to the libraries altogether. */
  readonly mode: 'compiled' | 'library';
  /** The parts that are left to the libraries, with the reasons. */
  readonly reasons: readonly string[];
  /** Makes the compiled parts, for the first value. */
  parts(): Parts;
  /** Whether metadata were added since, so that it must be compiled again. */
  isStale(): boolean;
}

/** The functions that a class is compiled to. */
export interface Parts {
  /** The compiled steps; without them the class is left to the libraries altogether. */
  readonly steps: Steps | undefined;
  /** The shapes that the class and those nested in it declare; `undefined` if there is nothing to look at. */
  readonly shapes: Shapes | undefined;
  /** Makes what the transformation may change, as the libraries take discriminators out; `undefined` if nothing is changed. */
  readonly copy: Copy | undefined;
  /** The short way of flat payloads, if the class has one. */
  readonly flat: FlatClass | undefined;
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
    rules: RuleSelection = new RuleSelection(options.validator),
  ) {
    this.#options = options;
    this.#reasons = processReasons(options);
    this.#errors = new ErrorMaker(options.validator);
    this.#rules = rules;
  }

  compile(type: Class): Compilation {
    const { classes, reasons } =
      this.#reasons.length > 0 ? { classes: NO_CLASSES, reasons: this.#reasons } : survey(type, this.#rules);
    const mode = classes.has(type) ? 'compiled' : 'library';
    const watch = new Watch();
    watch.add(type);
    for (const each of classes) watch.add(each);
    return {
      mode,
      reasons,
      parts: () => this.#partsOf(type, { mode, reasons }, watch),
      isStale: watch.isStale.bind(watch),
    };
  }

  #partsOf(type: Class, { mode, reasons }: Pick<Compilation, 'mode' | 'reasons'>, watch: Watch): Parts {
    const shapes = this.#shapesOf(type, watch);
    const copy = reasons.length > 0 ? copyOf : partialCopyOf(type);
    if (mode === 'library') return { steps: undefined, shapes, copy, flat: undefined };
    const flat = shapes ? undefined : flatOf(type, this.#rules.of(type), this.#options);
    return { steps: this.#stepsOf(type, watch), shapes, copy, flat };
  }

  #stepsOf(type: Class, watch: Watch): Steps {
    const transformer = new Transformer(this.#options.transform, watch);
    const validator = new CompiledValidator(this.#options, watch, this.#errors, this.#rules);
    const plain = new PlainMaker(this.#options.transform, watch);
    return {
      toPlain: plain.make.bind(plain),
      transform: transformer.of(type),
      validate: validator.validate.bind(validator),
    };
  }

  #shapesOf(type: Class, watch: Watch): Shapes | undefined {
    if (this.#options.shape === 'library') return undefined;
    const shapes = new Shapes(this.#options, this.#rules, watch, this.direction);
    return shapes.declares(type) ? shapes : undefined;
  }
}

const NO_CLASSES: ReadonlySet<Class> = new Set();

function partialCopyOf(type: Class): Copy | undefined {
  const copy = new Copies().of(type);
  return copy === noCopy ? undefined : copy;
}

/** A class and all nested in it, as far as can be seen at boot: those that can be compiled, and why others cannot. */
function survey(type: Class, selection: RuleSelection): { classes: Set<Class>; reasons: string[] } {
  const classes = new Set<Class>();
  const reasons: string[] = [];
  const queue = new Set<unknown>([type]);
  for (const next of queue) {
    if (typeof next !== 'function' || CONVERTED.has(next)) continue;
    const misfit = typeMisfit(next);
    const names = misfit ? [] : namesOf(next as Class);
    const reason = misfit ?? namesMisfit(names) ?? validationMisfit(next, selection.of(next));
    if (reason) {
      reasons.push(`${next.name}: ${reason}`);
      continue;
    }
    classes.add(next as Class);
    for (const name of names) for (const nested of nestedIn(next as Class, name)) queue.add(nested);
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
