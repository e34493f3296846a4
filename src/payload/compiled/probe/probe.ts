/** Compares compiled plans with the libraries that are loaded: they are known by what they do. */
import { instanceToPlain, plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync } from 'class-validator';
import { settle, type Class, type SettledOptions } from '../../payload-options.js';
import { RuleSelection } from '../selection.js';
import { transformTables, validationTables } from '../storages.js';
import { PlainMaker } from '../to-plain/to-plain.js';
import { Transformer } from '../transform/transform.js';
import { ErrorMaker } from '../validate/error-maker.js';
import { CompiledValidator } from '../validate/validate.js';
import { Watch } from '../watch.js';
import { probeClasses, probeOptions, probeValues } from './probe-classes.js';
import { written } from './written.js';

/** One way to make a payload and to check it. */
interface Way {
  readonly transform: (value: object) => object;
  readonly validate: (instance: object) => unknown;
  readonly toPlain: (instance: object) => object;
}

/** Whether compiled plans and the libraries give the same for some hundred values. Takes about 110 ms of CPU, once in a process. */
export function librariesAgree(): boolean {
  try {
    const classes = probeClasses();
    try {
      return probeOptions.every((given) => {
        const options = settle(given, Infinity);
        return classes.every((type) => isSame(type, options));
      });
    } finally {
      forget(classes);
    }
  } catch {
    return false;
  }
}

function isSame(type: Class, options: SettledOptions): boolean {
  const compiled = compiledWay(type, options);
  const library: Way = {
    transform: (value) => plainToInstance(type as ClassConstructor<object>, value, options.transform),
    validate: (instance) => validateSync(instance, options.validator),
    toPlain: (instance) => instanceToPlain(instance, options.transform),
  };
  const values = probeValues();
  const others = probeValues();
  return values.every((value, index) => outcome(compiled, value) === outcome(library, others[index]!));
}

function compiledWay(type: Class, options: SettledOptions): Way {
  const watch = new Watch();
  const rules = new RuleSelection(options.validator);
  const transformer = new Transformer(options.transform, watch);
  const validator = new CompiledValidator(options, watch, new ErrorMaker(options.validator), rules);
  const plain = new PlainMaker(options.transform, watch);
  return {
    transform: transformer.of(type),
    validate: (instance) => validator.validate(instance),
    toPlain: (instance) => plain.make(instance),
  };
}

/** Everything that can be seen of one payload being made. */
function outcome({ transform, validate, toPlain }: Way, value: object): string {
  let instance: object;
  return [() => (instance = transform(value)), () => validate(instance), () => instance, () => toPlain(instance)]
    .map(attempt)
    .join('\n');
}

function attempt(step: () => unknown): string {
  try {
    return written(step());
  } catch {
    return 'threw';
  }
}

/** Takes the metadata of the probe away again. */
function forget(classes: readonly Class[]): void {
  const { validationMetadatas, constraintMetadatas } = validationTables();
  for (const type of classes) {
    for (const { constraintCls } of validationMetadatas.get(type) ?? []) constraintMetadatas.delete(constraintCls);
    validationMetadatas.delete(type);
    for (const table of Object.values(transformTables())) if (table instanceof Map) table.delete(type);
  }
}
