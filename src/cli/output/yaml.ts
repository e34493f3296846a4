/** Plain data as YAML: blocks for people to read, and JSON's own text for every string that is more than a word. */

/** Writes a value that is the same as its JSON. */
export function yaml(value: unknown): string {
  return `${block(value, '').trimStart()}\n`;
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((each) => `\n${indent}- ${block(each, `${indent}  `).trimStart()}`).join('');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return entries.map(([name, each]) => `\n${indent}${scalar(name)}:${block(each, `${indent}  `)}`).join('');
  }
  return ` ${scalar(value)}`;
}

/** Words that YAML takes for something else than text. */
const special = /^(true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: unknown): string {
  const isPlain = typeof value === 'string' && /^[A-Za-z_$][\w$/-]*$/.test(value) && !special.test(value);
  return isPlain ? value : JSON.stringify(value);
}
