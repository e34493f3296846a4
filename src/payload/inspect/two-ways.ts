/** Finds transforms that run on the way in and on the way out. */
import { lineage, transformTables } from '../compiled/storages.js';
import type { Inspection } from './inspect.js';

/** The properties, of a class and of all classes nested in it, with a `@Transform` that says no direction: `Order.price`. */
export function undirectedTransforms({ rules }: Inspection): readonly string[] {
  const found: string[] = [];
  const { _transformMetadatas: tables } = transformTables();
  for (const next of rules.keys()) {
    for (const [property, transforms] of lineage(next).flatMap((each) => [...(tables.get(each) ?? [])])) {
      if (transforms.some(({ options: said }) => !said?.toClassOnly && !said?.toPlainOnly)) {
        found.push(`${next.name}.${property}`);
      }
    }
  }
  return found;
}
