/** Payload classes whose decorators are of another copy of a library: its rules or transforms would silently not hold. */
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import { copiesOf, copyProblem, type Copy } from '../../base/boot/copies.js';
import { lineage } from '../compiled/storages.js';
import type { Class } from '../payload-options.js';
import type { PayloadProblem } from './problem.js';

/** Finds the copy of either library that knows a class which ours does not. */
export function findCopies(type: Class): PayloadProblem | undefined {
  return transformerCopy(type) ?? validatorCopy(type);
}

function transformerCopy(type: Class): PayloadProblem | undefined {
  const copies = copiesOf('class-transformer', 'cjs/storage.js');
  if (copies.length < 2) return undefined;
  const storageOf = ({ exports }: Copy): unknown => exports['defaultMetadataStorage'];
  const own = copies.find((copy) => storageOf(copy) === defaultMetadataStorage);
  const other = copies.find((copy) => copy !== own && tablesOf(storageOf(copy)).some((table) => knows(table, type)));
  return other && toProblem(type, 'class-transformer', '@Exclude, @Type or @Transform of this class', own, other);
}

function validatorCopy(type: Class): PayloadProblem | undefined {
  const copies = copiesOf('class-validator', 'cjs/metadata/MetadataStorage.js');
  if (copies.length < 2) return undefined;
  // Copies of today's versions share one storage.
  const storageOf = ({ exports }: Copy): unknown => (exports['getMetadataStorage'] as () => unknown)();
  const own = copies.find((copy) => exportsOurs(copy));
  const other = copies.find(
    (copy) => storageOf(copy) !== getMetadataStorage() && tablesOf(storageOf(copy)).some((table) => knows(table, type)),
  );
  return other && toProblem(type, 'class-validator', 'the rules of this class', own, other);
}

function exportsOurs({ exports }: Copy): boolean {
  return exports['getMetadataStorage'] === getMetadataStorage;
}

function tablesOf(storage: unknown): ReadonlyMap<unknown, unknown>[] {
  return Object.values(Object(storage) as object).filter((table) => table instanceof Map);
}

function knows(table: ReadonlyMap<unknown, unknown>, type: Class): boolean {
  return lineage(type).some((each) => table.has(each));
}

function toProblem(type: Class, library: string, what: string, own: Copy | undefined, other: Copy): PayloadProblem {
  const problem = copyProblem(library, `${what} would not hold, for they are of another copy`, own, other);
  return {
    path: type.name,
    code: problem.code,
    what: problem.what.replace(/\.$/, ''),
    fix: problem.fix.replace(/\.$/, ''),
  };
}
