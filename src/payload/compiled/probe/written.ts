/** Writes a value down, so that two values are the same text if they are alike. */

/** Names of classes, own keys in their order, and what they hold. */
export function written(value: unknown, around: readonly object[] = []): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? 'function' : String(value);
  const at = around.indexOf(value);
  if (at >= 0) return `#${at}`;
  const inside = [...around, value];
  const each = (item: unknown): string => written(item, inside);
  const name = (value.constructor as Function | undefined)?.name ?? '';
  if (value instanceof Date) return `${name}(${value.getTime()})`;
  if (Array.isArray(value)) return `[${Array.from(value as unknown[], each).join()}]`;
  if (value instanceof Map || value instanceof Set) return `${name}(${[...value].map(each).join()})`;
  const own = Object.keys(value).map((key) => `${key}:${each((value as Record<string, unknown>)[key])}`);
  return `${name}{${own.join()}}`;
}
