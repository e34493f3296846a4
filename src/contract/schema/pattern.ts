/** Regular expressions of rules as the `pattern` of a schema, which is always read with the flag `u`. */

/**
 * Parts whose meaning changes with the flag `u`: what stands for any character takes half of one without it, and
 * escapes of code points mean something else.
 */
const changing = /\\[^\w\s]*[DSWPpuUxkcB0-9]|\[\^|\[[^\]]*\\[DSW]|[^\x20-\x7e]/;

/** The source of an expression that means the same with the flag `u`; `undefined` if there is none. */
export function patternOf(pattern: unknown, modifiers?: string): string | undefined {
  const expression = expressionOf(pattern, modifiers);
  if (!expression || /[^gu]/.test(expression.flags)) return undefined;
  const { source } = expression;
  if (expression.unicode) return source;
  if (changing.test(source) || hasBareDot(source)) return undefined;
  try {
    return new RegExp(source, 'u').source;
  } catch {
    return undefined;
  }
}

function expressionOf(pattern: unknown, modifiers: string | undefined): RegExp | undefined {
  if (pattern instanceof RegExp) return pattern;
  try {
    return typeof pattern === 'string' ? new RegExp(pattern, modifiers) : undefined;
  } catch {
    return undefined;
  }
}

function hasBareDot(source: string): boolean {
  return source
    .replace(/\\./g, '')
    .replace(/\[[^\]]*\]/g, '')
    .includes('.');
}
